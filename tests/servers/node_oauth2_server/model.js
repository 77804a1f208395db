// The model that the library asks for, in memory, after the examples of its documentation, and what profile.toml speaks of.

"use strict";

const EVERY_GRANT = ["authorization_code", "client_credentials", "password", "refresh_token"];
const SCOPES = ["read", "write"];
const USERS = [
  { id: "alice", password: "correct horse battery staple" },
  { id: "bob", password: "wrong pony charger paperclip" },
];

const client = (id, secret, redirectUris, grants = EVERY_GRANT) => ({ id, secret, redirectUris, grants });

const CLIENTS = [
  client("confidential", "confidential-secret", [
    "https://client.example/cb",
    "https://client.example/cb?tenant=a%2Fb%26c",
  ]),
  client("other", "other-secret", ["https://other.example/cb"]),
  client("public", undefined, ["https://public.example/cb"], ["authorization_code"]),
  client("sp:e%c+i&a l", "se:c%r+e&t 1", ["https://special.example/cb"]),
  client("single-redirect", "single-redirect-secret", ["https://single.example/cb"]),
  client("restricted", "restricted-secret", ["https://restricted.example/cb"], ["authorization_code", "refresh_token"]),
  client("machine", "machine-secret", ["https://machine.example/cb"], ["client_credentials"]),
];

const codes = new Map();
const accessTokens = new Map();
const refreshTokens = new Map();

const model = {
  // The secret is looked at where one is given, as the documentation's example does.
  getClient: async (id, secret) => CLIENTS.find((each) => each.id === id && (!secret || each.secret === secret)),

  getUser: async (name, password) => USERS.find((each) => each.id === name && each.password === password),
  getUserFromClient: async (owner) => ({ id: `service of ${owner.id}` }),

  validateScope: async (user, owner, scope) => {
    if (!scope) return ["read"];
    return scope.every((each) => SCOPES.includes(each)) && scope;
  },
  verifyScope: async (token, required) => required.every((each) => token.scope.includes(each)),

  saveAuthorizationCode: async (code, owner, user) => {
    const saved = { ...code, client: owner, user };
    codes.set(code.authorizationCode, saved);
    return saved;
  },
  getAuthorizationCode: async (text) => codes.get(text),
  revokeAuthorizationCode: async (code) => codes.delete(code.authorizationCode),

  saveToken: async (token, owner, user) => {
    const saved = { ...token, client: owner, user };
    accessTokens.set(token.accessToken, saved);
    if (token.refreshToken) refreshTokens.set(token.refreshToken, saved);
    return saved;
  },
  getAccessToken: async (text) => accessTokens.get(text),
  getRefreshToken: async (text) => refreshTokens.get(text),
  revokeToken: async (token) => refreshTokens.delete(token.refreshToken),
};

const signedIn = (name, password) => USERS.find((each) => each.id === name && each.password === password);

module.exports = { model, signedIn };
