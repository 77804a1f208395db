// The server: Better Auth with its OAuth provider, as the documentation sets it up, on the adapter that keeps all in memory.

"use strict";

const { randomBytes } = require("node:crypto");
const { oauthProvider } = require("@better-auth/oauth-provider");
const { betterAuth } = require("better-auth");
const { memoryAdapter } = require("better-auth/adapters/memory");
const { jwt } = require("better-auth/plugins");

const { CLIENTS, SCOPES, USERS } = require("./clients");

const TABLES = [
  ...["user", "session", "account", "verification", "jwks"],
  ...["oauthClient", "oauthResource", "oauthClientResource", "oauthRefreshToken", "oauthAccessToken", "oauthConsent"],
  "oauthClientAssertion",
];

function createAuth(baseURL) {
  const registering = { client: undefined }; // whose id and secret are the next to be given out
  const auth = betterAuth({
    baseURL,
    secret: randomBytes(32).toString("hex"),
    database: memoryAdapter(Object.fromEntries(TABLES.map((name) => [name, []]))),
    emailAndPassword: {
      enabled: true,
      // The default, scrypt, costs a tenth of a second for each sign-in; this changes the time of an answer and nothing else.
      password: { hash: async (password) => password, verify: async ({ hash, password }) => hash === password },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: "error" },
    plugins: [
      jwt(),
      oauthProvider({
        loginPage: "/sign-in",
        consentPage: "/consent",
        scopes: SCOPES,
        clientPrivileges: () => true,
        generateClientId: () => registering.client.id,
        generateClientSecret: () => registering.client.secret,
        silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
      }),
    ],
  });
  return { auth, seed: () => seed(auth, registering) };
}

// Users sign up, and the first one registers the clients.
async function seed(auth, registering) {
  const cookies = [];
  for (const user of USERS) {
    const { headers } = await auth.api.signUpEmail({ body: user, returnHeaders: true });
    cookies.push(headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; "));
  }
  for (const client of CLIENTS) {
    registering.client = client;
    await auth.api.adminCreateOAuthClient({
      body: client.registration,
      headers: new Headers({ cookie: cookies[0] }),
    });
  }
}

module.exports = { createAuth };
