// Chapter 02's server in JavaScript, on ws and Node's http.
"use strict";
const { createHash } = require("node:crypto");
const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "0" },
    origin: { type: "string", multiple: true, default: [] },
    subprotocol: { type: "string", multiple: true, default: [] },
    "max-head": { type: "string", default: "8192" },
    idle: { type: "string", default: "10s" },
  },
});

if (positionals[0] === "accept") {
  console.log(createHash("sha1").update(positionals[1] + GUID).digest("base64"));
} else {
  serve();
}

function serve() {
  const http = createServer({
    maxHeaderSize: Number(values["max-head"]),
    headersTimeout: milliseconds(values.idle),
    connectionsCheckingInterval: 50,
  });
  const sockets = new WebSocketServer({
    noServer: true,
    verifyClient: ({ origin }, answer) => answer(mayConnect(origin), 403),
    handleProtocols: (offers) => [...offers].find((offer) => values.subprotocol.includes(offer)),
  });
  // Node calls this an upgrade if there are both Upgrade and Connection.
  http.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, echo);
  });
  http.on("request", (_, response) => {
    response.writeHead(426, { Upgrade: "websocket", Connection: "Upgrade" }).end();
  });
  http.listen(Number(values.port), "127.0.0.1", () => {
    console.log(`listening on ws://127.0.0.1:${http.address().port}`);
  });
}

function echo(socket) {
  socket.on("error", (error) => console.error(error.message));
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
}

function mayConnect(origin) {
  return origin === undefined || values.origin.length === 0 || values.origin.includes(origin);
}

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
