// A login by simple-oauth2, as its documentation has it.
'use strict';

const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { createServer } = require('node:http');
const { AuthorizationCode, ClientCredentials, ResourceOwnerPassword } = require('simple-oauth2');

const known = process.env;
const asked = new Set((known.OAUTH2_ASKED || '').split(',').filter(Boolean));

function config(browser) {
  const { OAUTH2_CLIENT_ID: id, OAUTH2_CLIENT_SECRET: secret } = known;
  const [authorize, token, revocation] = ['AUTHORIZATION', 'TOKEN', 'REVOCATION'].map(
    (name) => new URL(known[`OAUTH2_${name}_ENDPOINT`]),
  );
  const auth = { tokenHost: token.origin, tokenPath: token.href, revokePath: revocation.href };
  const byBrowser = browser ? { authorizeHost: authorize.origin, authorizePath: authorize.href } : {};
  // A public client has no header to send.
  const options = secret ? {} : { options: { authorizationMethod: 'body' } };
  return { client: secret ? { id, secret } : { id }, auth: { ...auth, ...byBrowser }, ...options };
}

function answered(url) {
  const own = new URL(known.OAUTH2_REDIRECT_URI);
  return new Promise((resolve) => {
    const server = createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', Connection: 'close' });
      response.end('<p>You can close this window.</p>');
      server.close();
      resolve(new URL(request.url, own));
    });
    server.listen(Number(own.port), own.hostname, () => spawn('xdg-open', [url], { stdio: 'ignore' }));
  });
}

async function tokenByBrowser() {
  const client = new AuthorizationCode(config(true));
  const state = randomBytes(32).toString('base64url');
  const redirect = { redirect_uri: known.OAUTH2_REDIRECT_URI };
  const answer = await answered(client.authorizeURL({ ...redirect, scope: known.OAUTH2_SCOPE, state }));
  if (answer.searchParams.get('state') !== state) {
    throw new Error('the answer is none to this request');
  }
  if (answer.searchParams.get('error')) {
    throw new Error('refused');
  }
  return client.getToken({ ...redirect, code: answer.searchParams.get('code') });
}

async function token() {
  const scope = known.OAUTH2_SCOPE;
  if (asked.has('client_credentials') && known.OAUTH2_CLIENT_SECRET) {
    return new ClientCredentials(config(false)).getToken({ scope });
  }
  if (asked.has('password')) {
    const { OAUTH2_USERNAME: username, OAUTH2_PASSWORD: password } = known;
    return new ResourceOwnerPassword(config(false)).getToken({ username, password, scope });
  }
  return tokenByBrowser();
}

async function use(held) {
  const resource = new URL(known.OAUTH2_RESOURCE);
  if (resource.protocol !== 'https:') {
    throw new Error('no token goes there');
  }
  const answer = await fetch(resource, { headers: { Authorization: `Bearer ${held.token.access_token}` } });
  if (!answer.ok) {
    throw new Error(`the resource answers with ${answer.status}`);
  }
}

async function logIn() {
  let held = await token();
  await use(held);
  for (let times = asked.has('refresh') ? 2 : 0; times; times -= 1) {
    held = await held.refresh();
    await use(held);
  }
  if (asked.has('revocation')) {
    await held.revokeAll();
  }
}

async function main() {
  for (let times = asked.has('second_login') ? 2 : 1; times; times -= 1) {
    await logIn();
  }
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});
