// What profile.toml speaks of.

"use strict";

const SCOPES = ["openid", "profile", "email", "offline_access", "read", "write"];
const EVERY_GRANT = ["authorization_code", "client_credentials", "refresh_token"];

const USERS = [
  { id: "alice", name: "Alice", email: "alice@users.example", password: "correct horse battery staple" },
  { id: "bob", name: "Bob", email: "bob@users.example", password: "wrong pony charger paperclip" },
];

const client = (
  id,
  secret,
  redirectUris,
  grants = EVERY_GRANT,
  method = "client_secret_basic",
  scopes = SCOPES,
) => ({
  client_id: id,
  ...(secret ? { client_secret: secret } : {}),
  redirect_uris: redirectUris,
  token_endpoint_auth_method: secret ? method : "none",
  grant_types: grants,
  response_types: grants.includes("authorization_code") ? ["code"] : [],
  scope: scopes.join(" "),
});

const CLIENTS = [
  client("confidential", "confidential-secret", [
    "https://client.example/cb",
    "https://client.example/cb?tenant=a%2Fb%26c",
    "http://client.example/cb", // which the server registers without a word
  ]),
  client("other", "other-secret", ["https://other.example/cb"]),
  client("post", "post-secret", ["https://post.example/cb"], EVERY_GRANT, "client_secret_post"),
  client("public", null, ["https://public.example/cb"], ["authorization_code", "refresh_token"]),
  client("sp:e%c+i&a l", "se:c%r+e&t 1", ["https://special.example/cb"]),
  client("single-redirect", "single-redirect-secret", ["https://single.example/cb"]),
  client(
    "restricted",
    "restricted-secret",
    ["https://restricted.example/cb"],
    ["authorization_code", "refresh_token"],
    "client_secret_basic",
    ["openid", "profile", "offline_access"],
  ),
  client(
    "machine",
    "machine-secret",
    ["https://machine.example/cb"],
    ["client_credentials"],
    "client_secret_basic",
    ["read", "write"],
  ),
];

// The person with this e-mail address and password, if they belong together.
const signedIn = (email, password) => USERS.find((user) => user.email === email && user.password === password);

// As oidc-provider asks for an account.
function accountOf(id) {
  const user = USERS.find((one) => one.id === id);
  return user && { accountId: id, claims: async () => ({ sub: id, name: user.name, email: user.email }) };
}

module.exports = { CLIENTS, SCOPES, accountOf, signedIn };
