// Starts oidc-provider on loopback, with everything in memory.
//
// Prints one JSON line, {"base_url": ...}, when it answers; runs in the foreground until it is stopped.

"use strict";

const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { parseArgs } = require("node:util");

const { createProvider } = require("./provider");
const { PAGE, answer } = require("./pages");

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" }, // 0 takes a free one
    certfile: { type: "string" }, // PEM certificate: serves TLS
    keyfile: { type: "string" },
  },
});

const server = values.certfile
  ? https.createServer({ cert: fs.readFileSync(values.certfile), key: fs.readFileSync(values.keyfile) })
  : http.createServer();

server.listen(Number(values.port), "127.0.0.1", async () => {
  const baseURL = `${values.certfile ? "https" : "http"}://127.0.0.1:${server.address().port}`;
  const provider = await createProvider(baseURL);
  const rest = provider.callback();
  server.on("request", (request, response) =>
    PAGE.test(request.url) ? answer(request, response, provider) : rest(request, response),
  );
  console.log(JSON.stringify({ base_url: baseURL }));
});
process.on("SIGTERM", () => process.exit(0));
