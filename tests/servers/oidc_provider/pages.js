// The two pages that a person sees, as the example in oidc-provider's repository has them; here a password is looked at.

"use strict";

const { signedIn } = require("./clients");

const PAGE = /^\/interaction\//;

const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const FORMS = {
  login: ({ failed }) => `
    <h1>Sign in</h1>
    ${failed ? "<p>Name or password is wrong.</p>" : ""}
    <label>E-mail <input type="email" name="email" autocomplete="username"></label>
    <label>Password <input type="password" name="password" autocomplete="current-password"></label>
    <button>Sign in</button>`,
  consent: ({ params }) => `
    <h1>${escape(params.client_id)} asks for access</h1>
    <p>It would get: ${escape(params.scope)}.</p>
    <button name="decision" value="allow">Allow</button>
    <button name="decision" value="deny">Deny</button>`,
};

// Answers a request for the page of an interaction: a GET shows it, a POST takes what the person said.
async function answer(request, response, provider) {
  try {
    const details = await provider.interactionDetails(request, response);
    if (request.method !== "POST") return show(request, response, details);
    const form = new URLSearchParams(await bodyOf(request));
    const result = await RESULTS[details.prompt.name](form, details, provider);
    if (!result) return show(request, response, details, true);
    return await provider.interactionFinished(request, response, result, {
      mergeWithLastSubmission: details.prompt.name === "consent",
    });
  } catch (error) {
    return send(response, error.statusCode ?? 500, `<h1>${escape(error.error_description ?? error.message)}</h1>`);
  }
}

// What the person said, as oidc-provider wants to be told.
const RESULTS = {
  login: async (form) => {
    const user = signedIn(form.get("email"), form.get("password"));
    return user && { login: { accountId: user.id } };
  },
  consent: async (form, { grantId, session, params, prompt: { details } }, provider) => {
    if (form.get("decision") !== "allow") {
      return { error: "access_denied", error_description: "End-User declined" };
    }
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope.join(" "));
    if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims);
    for (const [indicator, scopes] of Object.entries(details.missingResourceScopes ?? {})) {
      grant.addResourceScope(indicator, scopes.join(" "));
    }
    const id = await grant.save();
    return { consent: grantId ? {} : { grantId: id } };
  },
};

const show = (request, response, { prompt, params }, failed = false) =>
  send(
    response,
    200,
    `<form method="post" action="${escape(request.url)}">${FORMS[prompt.name]({ params, failed })}</form>`,
  );

function send(response, status, content) {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
  });
  response.end(`<!DOCTYPE html>
<html lang="en">
  <head><title>oidc-provider</title></head>
  <body>${content}</body>
</html>`);
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

module.exports = { PAGE, answer };
