// Starts @node-oauth/oauth2-server in a thin Express app, on loopback, with everything in memory.
//
// Prints one JSON line, {"base_url": ...}, when it answers; runs in the foreground until it is stopped.

"use strict";

const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { parseArgs } = require("node:util");

const { createApp } = require("./app");

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" }, // 0 takes a free one
    certfile: { type: "string" }, // PEM certificate: serves TLS
    keyfile: { type: "string" },
  },
});

const app = createApp();
const server = values.certfile
  ? https.createServer({ cert: fs.readFileSync(values.certfile), key: fs.readFileSync(values.keyfile) }, app)
  : http.createServer(app);

server.listen(Number(values.port), "127.0.0.1", () => {
  const scheme = values.certfile ? "https" : "http";
  console.log(JSON.stringify({ base_url: `${scheme}://127.0.0.1:${server.address().port}` }));
});
process.on("SIGTERM", () => process.exit(0));
