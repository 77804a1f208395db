// The five repositories that the library asks for, in memory, and what profile.toml speaks of.

"use strict";

const { DateInterval, generateRandomToken } = require("@jmondi/oauth2-server");

const EVERY_GRANT = ["authorization_code", "client_credentials", "password", "refresh_token", "implicit"];
const SCOPES = [{ name: "read" }, { name: "write" }];
const USERS = [
  { id: "alice", password: "correct horse battery staple" },
  { id: "bob", password: "wrong pony charger paperclip" },
];

const client = (id, secret, redirectUris, allowedGrants = EVERY_GRANT) => ({
  id,
  name: id,
  secret,
  redirectUris,
  allowedGrants,
  scopes: SCOPES,
});

const CLIENTS = [
  client("confidential", "confidential-secret", [
    "https://client.example/cb",
    "https://client.example/cb?tenant=a%2Fb%26c",
  ]),
  client("other", "other-secret", ["https://other.example/cb"]),
  client("public", null, ["https://public.example/cb"], ["authorization_code", "refresh_token", "implicit"]),
  client(
    "native",
    null,
    [
      "com.example.native:/oauth2redirect",
      "http://127.0.0.1/oauth2redirect",
      "http://[::1]/oauth2redirect",
      "https://native.example/oauth2redirect",
      "exampleapp:/oauth2redirect", // nothing looks at what is registered
    ],
    ["authorization_code", "refresh_token"],
  ),
  client("sp:e%c+i&a l", "se:c%r+e&t 1", ["https://special.example/cb"]),
  client("single-redirect", "single-redirect-secret", ["https://single.example/cb"]),
  client("restricted", "restricted-secret", ["https://restricted.example/cb"], ["authorization_code", "refresh_token"]),
];

const clients = {
  getByIdentifier: async (id) => CLIENTS.find((each) => each.id === id),
  isClientValid: async (grantType, registered, secret) => {
    if (registered.secret && registered.secret !== secret) return false;
    return registered.allowedGrants.includes(grantType);
  },
};

const scopes = {
  getAllByIdentifiers: async (names) => SCOPES.filter((each) => names.includes(each.name)),
  finalize: async (asked) => asked,
};

const users = {
  getUserByCredentials: async (id, password, grantType) => {
    const user = USERS.find((each) => each.id === id);
    // The authorization code grant asks for the user who signed in before, without a password.
    return grantType === "password" && user?.password !== password ? undefined : user;
  },
};

const storedTokens = new Map(); // by access token
const NEVER = new Date(0);

const tokens = {
  issueToken: async (owner, granted, user) => ({
    accessToken: generateRandomToken(),
    accessTokenExpiresAt: new DateInterval("1h").getEndDate(),
    refreshToken: null,
    refreshTokenExpiresAt: null,
    client: owner,
    user: user ?? null,
    scopes: granted,
  }),
  issueRefreshToken: async (token) => {
    token.refreshToken = generateRandomToken();
    token.refreshTokenExpiresAt = new DateInterval("1d").getEndDate();
    return token;
  },
  persist: async (token) => {
    storedTokens.set(token.accessToken, token);
  },
  revoke: async (token) => {
    token.accessTokenExpiresAt = NEVER;
    token.refreshTokenExpiresAt = NEVER;
  },
  revokeDescendantsOf: async (code) => {
    const issued = [...storedTokens.values()].filter((each) => each.originatingAuthCodeId === code);
    await Promise.all(issued.map(tokens.revoke));
  },
  isRefreshTokenRevoked: async (token) => Date.now() > (token.refreshTokenExpiresAt?.getTime() ?? 0),
  getByRefreshToken: async (id) => stored([...storedTokens.values()].find((each) => each.refreshToken === id)),
  getByAccessToken: async (id) => stored(storedTokens.get(id)),
};

const storedCodes = new Map();

const codes = {
  getByIdentifier: async (id) => stored(storedCodes.get(id)),
  issueAuthCode: async (owner, user, granted) => ({
    code: generateRandomToken(),
    client: owner,
    user,
    scopes: granted,
    expiresAt: new DateInterval("15m").getEndDate(),
  }),
  persist: async (code) => {
    storedCodes.set(code.code, code);
  },
  isRevoked: async (id) => Date.now() > stored(storedCodes.get(id)).expiresAt.getTime(),
  revoke: async (id) => {
    stored(storedCodes.get(id)).expiresAt = NEVER;
  },
};

// What isn't there is an error, as the library's interfaces have it.
function stored(value) {
  if (value === undefined) throw new Error("not found");
  return value;
}

module.exports = { clients, codes, scopes, tokens, users };
