// Chapter 10's server in JavaScript: engine.io, which echoes every message.
"use strict";
const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { Server } = require("engine.io");

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "ping-interval": { type: "string", default: "25s" },
    "ping-timeout": { type: "string", default: "20s" },
    "max-payload": { type: "string", default: "1000000" },
    // It knows no limit on sessions, and asks a function about origins.
    "max-sessions": { type: "string" },
    origin: { type: "string", multiple: true },
  },
});

const millis = (text) => (text.endsWith("ms") ? parseInt(text) : parseInt(text) * 1000);

const http = createServer();
const engine = new Server({
  pingInterval: millis(values["ping-interval"]),
  pingTimeout: millis(values["ping-timeout"]),
  maxHttpBufferSize: Number(values["max-payload"]),
  allowRequest: ({ headers }, decide) => {
    const { origin } = headers;
    const refused = values.origin && origin !== undefined && !values.origin.includes(origin);
    decide(null, !refused);
  },
});
engine.attach(http);
engine.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
http.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
