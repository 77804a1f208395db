// What profile.toml speaks of.

"use strict";

const SCOPES = ["openid", "profile", "email", "offline_access", "read", "write"];
// What a client may have for itself: the others speak of a user.
const OWN_SCOPES = ["read", "write"];
const EVERY_GRANT = ["authorization_code", "client_credentials", "refresh_token"];

const USERS = [
  { name: "Alice", email: "alice@users.example", password: "correct horse battery staple" },
  { name: "Bob", email: "bob@users.example", password: "wrong pony charger paperclip" },
];

// As the administrator's request to register a client would say it; PKCE is demanded, which is the default.
const client = (
  id,
  secret,
  redirectUris,
  grants = EVERY_GRANT,
  method = "client_secret_basic",
  scopes = SCOPES,
) => ({
  id,
  secret,
  registration: {
    client_name: id,
    redirect_uris: redirectUris,
    token_endpoint_auth_method: secret ? method : "none",
    grant_types: grants,
    response_types: grants.includes("authorization_code") ? ["code"] : [],
    scope: scopes.join(" "),
    client_credentials_scopes: grants.includes("client_credentials") ? OWN_SCOPES : [],
  },
});

const CLIENTS = [
  client("confidential", "confidential-secret", [
    "https://client.example/cb",
    "https://client.example/cb?tenant=a%2Fb%26c",
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
  client("machine", "machine-secret", ["https://machine.example/cb"], ["client_credentials"]),
];

module.exports = { CLIENTS, SCOPES, USERS };
