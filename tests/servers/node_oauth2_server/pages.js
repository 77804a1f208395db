// The two pages that a person sees.

"use strict";

const escape = (text) =>
  String(text ?? "").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const PAGES = {
  login: () => `
    <h1>Sign in</h1>
    <label>Name <input name="username" autocomplete="username"></label>
    <label>Password <input type="password" name="password" autocomplete="current-password"></label>
    <button>Sign in</button>`,
  scopes: ({ client, scope, user }) => `
    <h1>${escape(client)} asks for access</h1>
    <p>You are signed in as ${escape(user)}. It would get: ${escape(scope) || "nothing in particular"}.</p>
    <button name="allowed" value="true">Allow</button>
    <button name="allowed" value="false">Deny</button>`,
};

function page(name, secret, words = {}) {
  return `<!DOCTYPE html>
<html lang="en">
  <head><title>@node-oauth/oauth2-server</title></head>
  <body>
    <form method="post">
      <input type="hidden" name="csrf_token" value="${secret}">${PAGES[name](words)}
    </form>
  </body>
</html>`;
}

module.exports = { page };
