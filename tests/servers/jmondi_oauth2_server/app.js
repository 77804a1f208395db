// The endpoints, as the library's documentation shows them for Express. Sign-in and consent are pages of their own, which
// the documentation leaves to the reader; both carry the session's anti-forgery value, as it advises.

"use strict";

const { randomBytes } = require("node:crypto");
const { AuthorizationServer, DateInterval, JwtService } = require("@jmondi/oauth2-server");
const { handleExpressError, handleExpressResponse, requestFromExpress } = require("@jmondi/oauth2-server/express");
const express = require("express");

const { page } = require("./pages");
const { clients, codes, scopes, tokens, users } = require("./repositories");

const jwt = new JwtService(randomBytes(32).toString("hex"));

function createAuthorizationServer() {
  // The default puts the token of the implicit grant into the query; the documentation recommends the fragment.
  const options = { implicitRedirectMode: "fragment" };
  const server = new AuthorizationServer(clients, tokens, scopes, jwt, options);
  server.enableGrantTypes(
    ["client_credentials", new DateInterval("1h")],
    ["refresh_token", new DateInterval("1h")],
    [{ grant: "authorization_code", authCodeRepository: codes, userRepository: users }, new DateInterval("1h")],
    [{ grant: "password", userRepository: users }, new DateInterval("1h")],
    "implicit",
  );
  return server;
}

function createApp() {
  const server = createAuthorizationServer();
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(["/authorize", "/login", "/scopes"], session);

  app.get("/authorize", async (request, response) => {
    try {
      const authorization = await server.validateAuthorizationRequest(requestFromExpress(request));
      if (!request.session.user) {
        return response.redirect(`/login?${new URLSearchParams({ back: request.originalUrl })}`);
      }
      const decided = request.session.decisions.get(request.originalUrl);
      if (decided === undefined) {
        return response.redirect(`/scopes?${new URLSearchParams({ back: request.originalUrl })}`);
      }
      request.session.decisions.delete(request.originalUrl);
      authorization.user = request.session.user;
      authorization.isAuthorizationApproved = decided;
      return handleExpressResponse(response, await server.completeAuthorizationRequest(authorization));
    } catch (error) {
      return handleExpressError(error, response);
    }
  });

  app.get("/login", (request, response) => response.send(page("login", request.session.secret)));
  app.post("/login", guarded, async (request, response) => {
    const { username, password } = request.body;
    const user = await users.getUserByCredentials(username, password, "password");
    if (!user) return response.send(page("login", request.session.secret));
    request.session.user = user;
    return response.redirect(wayBack(request));
  });

  app.get("/scopes", async (request, response) => {
    const asked = new URL(wayBack(request), "http://localhost").searchParams;
    const words = { client: asked.get("client_id"), scope: asked.get("scope"), user: request.session.user?.id };
    return response.send(page("scopes", request.session.secret, words));
  });
  app.post("/scopes", guarded, (request, response) => {
    request.session.decisions.set(wayBack(request), request.body.decision === "allow");
    return response.redirect(wayBack(request));
  });

  app.post("/token", answering((request) => server.respondToAccessTokenRequest(request)));
  app.post("/token/revoke", answering((request) => server.revoke(request)));
  app.post("/token/introspect", answering((request) => server.introspect(request)));

  app.get("/api/me", authenticated("read"), (request, response) => response.json({ user: request.token.user?.id }));
  return app;
}

function answering(respond) {
  return async (request, response) => {
    try {
      return handleExpressResponse(response, await respond(requestFromExpress(request)));
    } catch (error) {
      return handleExpressError(error, response);
    }
  };
}

// A resource that looks each token up, as in the documentation's "Protecting resources".
function authenticated(scope) {
  return async (request, response, next) => {
    const header = request.headers.authorization;
    if (!header?.startsWith("Bearer ")) {
      return response.status(401).set("WWW-Authenticate", 'Bearer realm="api"').json({ error: "invalid_request" });
    }
    const token = await found(header.slice(7));
    if (!token || token.accessTokenExpiresAt < new Date()) {
      return response.status(401).set("WWW-Authenticate", 'Bearer error="invalid_token"').json({ error: "invalid_token" });
    }
    if (!token.scopes.some((each) => each.name === scope)) {
      const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
      return response.status(403).set("WWW-Authenticate", challenge).json({ error: "insufficient_scope" });
    }
    request.token = token;
    return next();
  };
}

async function found(text) {
  try {
    const payload = await jwt.verify(text);
    return await tokens.getByAccessToken(payload.jti);
  } catch {
    return undefined;
  }
}

// Browsers: a session in memory, found by a cookie.

const sessions = new Map();

function session(request, response, next) {
  const cookies = new Map((request.headers.cookie ?? "").split("; ").map((pair) => pair.split("=")));
  request.session = sessions.get(cookies.get("session"));
  if (!request.session) {
    const id = randomBytes(32).toString("hex");
    request.session = { secret: randomBytes(32).toString("hex"), decisions: new Map() };
    sessions.set(id, request.session);
    response.cookie("session", id, { httpOnly: true, sameSite: "lax", secure: request.secure });
  }
  next();
}

function guarded(request, response, next) {
  if (request.body.csrf_token === request.session.secret) return next();
  return response.status(403).send("This form has expired.");
}

// Only to the authorization endpoint, so that this is no open redirector.
function wayBack(request) {
  const back = String(request.query.back);
  return back.startsWith("/authorize?") ? back : "/login";
}

module.exports = { createApp };
