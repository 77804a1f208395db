// The two pages that a person sees; the documentation leaves them to the reader. They send what the browser plugin of
// Better Auth would send: the form's values and, as oauth_query, the query with which the page was opened.

"use strict";

const { randomBytes, timingSafeEqual } = require("node:crypto");

const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const PAGES = {
  "/sign-in": ({ failed }) => `
    <h1>Sign in</h1>
    ${failed ? "<p>Name or password is wrong.</p>" : ""}
    <label>E-mail <input type="email" name="email" autocomplete="username"></label>
    <label>Password <input type="password" name="password" autocomplete="current-password"></label>
    <button>Sign in</button>`,
  "/consent": ({ query }) => `
    <h1>${escape(query.get("client_id"))} asks for access</h1>
    <p>It would get: ${escape(query.get("scope"))}.</p>
    <button name="decision" value="allow">Allow</button>
    <button name="decision" value="deny">Deny</button>`,
};

// What the form of a page means to Better Auth: the path of its API, and the body.
const CALLS = {
  "/sign-in": (form) => ["/sign-in/email", { email: form.get("email"), password: form.get("password") }],
  "/consent": (form) => ["/oauth2/consent", { accept: form.get("decision") === "allow" }],
};

const COOKIE = "pages";

// Answers a request for one of the pages: a GET shows it, a POST passes the form on.
async function answer(request, response, auth, baseURL) {
  const url = new URL(request.url, baseURL);
  const known = cookieOf(request);
  if (request.method !== "POST") return show(response, url.pathname, { query: url.searchParams, secret: known });
  const form = new URLSearchParams(await bodyOf(request));
  if (!known || !same(known, form.get("guard"))) return send(response, 403, "This form isn't yours.");
  const [path, body] = CALLS[url.pathname](form);
  const query = form.get("oauth_query");
  const reply = await auth.handler(
    new Request(`${baseURL}/api/auth${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        origin: new URL(baseURL).origin,
        cookie: request.headers.cookie ?? "",
      },
      body: JSON.stringify({ ...body, oauth_query: query }),
    }),
  );
  const said = await reply.json().catch(() => ({}));
  if (reply.ok && said.url) {
    return response.writeHead(302, { location: said.url, "set-cookie": reply.headers.getSetCookie() }).end();
  }
  if (url.pathname === "/sign-in" && reply.status === 401) {
    return show(response, url.pathname, { query: new URLSearchParams(query), secret: known, failed: true });
  }
  return send(response, reply.status, `Better Auth says: ${escape(said.message ?? said.error ?? reply.status)}`);
}

function show(response, path, { query, secret, failed }) {
  const guard = secret ?? randomBytes(16).toString("hex");
  if (!secret) response.setHeader("set-cookie", `${COOKIE}=${guard}; Path=/; HttpOnly; SameSite=Lax`);
  return send(
    response,
    200,
    `<form method="post" action="${path}">
      <input type="hidden" name="guard" value="${guard}">
      <input type="hidden" name="oauth_query" value="${escape(query)}">${PAGES[path]({ query, failed })}
    </form>`,
  );
}

function send(response, status, content) {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "x-frame-options": "DENY",
  });
  response.end(`<!DOCTYPE html>
<html lang="en">
  <head><title>Better Auth</title></head>
  <body>${content}</body>
</html>`);
}

function cookieOf(request) {
  return new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]{32})(?:;|$)`).exec(request.headers.cookie ?? "")?.[1];
}

function same(known, sent) {
  return sent?.length === known.length && timingSafeEqual(Buffer.from(known), Buffer.from(sent));
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

module.exports = { PAGES, answer };
