// Chapter 04's server in JavaScript, on ws.
"use strict";
const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

// ws keeps whatever the client doesn't take. Above this, nothing more is read.
const BACKLOG = 65_536;
const FAREWELL = 1000; // milliseconds

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "ping-every": { type: "string", default: "20s" },
    idle: { type: "string", default: "60s" },
    "max-message": { type: "string", default: "16777216" },
    "max-fragments": { type: "string", default: "131072" },
    "max-head": { type: "string", default: "8192" },
  },
});
const pingEvery = milliseconds(values["ping-every"]);
const idle = milliseconds(values.idle);

const http = createServer({
  maxHeaderSize: Number(values["max-head"]),
  headersTimeout: Math.min(idle, 10_000),
  connectionsCheckingInterval: 50,
});
http.on("request", (_, response) => {
  response.writeHead(426, { Upgrade: "websocket", Connection: "Upgrade" }).end();
});
const sockets = new WebSocketServer({
  server: http,
  closeTimeout: FAREWELL,
  maxPayload: Number(values["max-message"]),
  maxFragments: Number(values["max-fragments"]),
});
http.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`listening on ws://127.0.0.1:${http.address().port}`);
});

sockets.on("connection", (socket, { socket: tcp }) => {
  socket.on("error", (error) => console.error(error.message));
  socket.on("message", (data, isBinary) => {
    socket.send(data, { binary: isBinary }, () => socket.resume());
    if (socket.bufferedAmount > BACKLOG) socket.pause();
  });
  keepAlive(socket, tcp);
});

/** Pings a silent client; says goodbye to one that stays silent. */
function keepAlive(socket, tcp) {
  const ping = setInterval(() => socket.ping(), pingEvery);
  const leave = setTimeout(() => {
    clearInterval(ping);
    socket.close(1001);
    // ws waits with this until the client has taken the Close.
    setTimeout(() => socket.terminate(), FAREWELL);
  }, idle);
  // Whatever comes, half a frame as well, is a sign of life.
  tcp.on("data", () => {
    ping.refresh();
    leave.refresh();
  });
  socket.on("close", () => {
    clearInterval(ping);
    clearTimeout(leave);
  });
}

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
