// The server: oidc-provider with its defaults, and what the documentation asks everyone to bring: keys, accounts, an
// adapter, interactions, and the features that profile.toml speaks of.

"use strict";

const { generateKeyPairSync, randomBytes } = require("node:crypto");

const { adapters } = require("./adapter");
const { CLIENTS, SCOPES, accountOf } = require("./clients");

async function createProvider(issuer) {
  const { Provider } = await import(require.resolve("oidc-provider"));
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return new Provider(issuer, {
    adapter: adapters(),
    clients: CLIENTS,
    scopes: SCOPES,
    claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
    findAccount: (context, id) => accountOf(id),
    cookies: { keys: [randomBytes(32).toString("hex")] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
    },
  });
}

module.exports = { createProvider };
