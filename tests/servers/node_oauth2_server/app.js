// The endpoints, as the library's documentation shows them for Express. Sign-in and consent are pages of their own, which
// the documentation leaves to the reader; both carry the session's anti-forgery value.

"use strict";

const { randomBytes } = require("node:crypto");
const OAuth2Server = require("@node-oauth/oauth2-server");
const express = require("express");

const { model, signedIn } = require("./model");
const { page } = require("./pages");

const { Request, Response } = OAuth2Server;

function createApp() {
  const oauth = new OAuth2Server({ model });
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(["/oauth/authorize", "/login"], session);

  app.get("/oauth/authorize", (request, response) => {
    if (!request.session.user) {
      return response.redirect(`/login?${new URLSearchParams({ back: request.originalUrl })}`);
    }
    const { client_id: client, scope } = request.query;
    const words = { client, scope, user: request.session.user.id };
    return response.send(page("scopes", request.session.secret, words));
  });
  const owner = { handle: (request) => request.session.user };
  app.post(
    "/oauth/authorize",
    guarded,
    answering((asked, answer) => oauth.authorize(asked, answer, { authenticateHandler: owner })),
  );

  app.get("/login", (request, response) => response.send(page("login", request.session.secret)));
  app.post("/login", guarded, (request, response) => {
    const { username, password } = request.body;
    const user = signedIn(username, password);
    if (!user) return response.send(page("login", request.session.secret));
    request.session.user = user;
    return response.redirect(wayBack(request));
  });

  app.post("/oauth/token", answering((asked, answer) => oauth.token(asked, answer)));
  app.all("/api/me", authenticated(oauth, ["read"]), (request, response) => response.json({ user: request.user.id }));
  return app;
}

// What the library puts into its response is sent, whether it raised an error or not.
function answering(respond) {
  return async (request, response) => {
    const answer = new Response(response);
    try {
      await respond(new Request(request), answer);
    } catch (error) {
      if (answer.status === 200) failed(answer, error);
    }
    send(response, answer);
  };
}

function authenticated(oauth, scope) {
  return async (request, response, next) => {
    const answer = new Response(response);
    try {
      request.user = (await oauth.authenticate(new Request(request), answer, { scope })).user;
    } catch (error) {
      failed(answer, error);
      return send(response, answer);
    }
    return next();
  };
}

function failed(answer, error) {
  answer.status = error.code || 500;
  answer.body = error.name === "unauthorized_request" ? "" : { error: error.name, error_description: error.message };
}

function send(response, answer) {
  const { location, ...headers } = answer.headers;
  response.set(headers);
  return location ? response.redirect(location) : response.status(answer.status).send(answer.body);
}

// Browsers: a session in memory, found by a cookie.

const sessions = new Map();

function session(request, response, next) {
  const cookies = new Map((request.headers.cookie ?? "").split("; ").map((pair) => pair.split("=")));
  request.session = sessions.get(cookies.get("session"));
  if (!request.session) {
    const id = randomBytes(32).toString("hex");
    request.session = { secret: randomBytes(32).toString("hex") };
    sessions.set(id, request.session);
    response.cookie("session", id, { httpOnly: true, sameSite: "lax", secure: request.secure });
  }
  next();
}

function guarded(request, response, next) {
  if (request.body?.csrf_token === request.session.secret) return next();
  return response.status(403).send("This form has expired.");
}

// Only to the authorization endpoint, so that this is no open redirector.
function wayBack(request) {
  const back = String(request.query.back);
  return back.startsWith("/oauth/authorize?") ? back : "/login";
}

module.exports = { createApp };
