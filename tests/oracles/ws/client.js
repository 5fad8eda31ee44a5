// Chapter 05's client in JavaScript, on ws.
"use strict";
const { parseArgs } = require("node:util");
const WebSocket = require("ws");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    subprotocol: { type: "string", multiple: true, default: [] },
    send: { type: "string", multiple: true, default: [] },
    heartbeat: { type: "string" },
    "ping-every": { type: "string", default: "15s" },
    base: { type: "string", default: "5s" },
    random: { type: "string" },
  },
});
const base = milliseconds(values.base);
const pingEvery = milliseconds(values["ping-every"]);

let last; // the number of the last message that was printed
let tries = 0; // connections in a row that brought no message

if (positionals[0] === "delays") {
  for (let n = 0; n < 7; n++) {
    console.log(`${Math.round(delay(n, Number(values.random ?? Math.random())))}ms`);
  }
} else {
  visit(positionals[0]);
}

function visit(url) {
  const { subprotocol, send } = values;
  const socket = new WebSocket(target(url), subprotocol, {
    perMessageDeflate: false,
    handshakeTimeout: 2 * pingEvery,
  });
  let status; // of an answer that is no 101
  let failure;
  let quiet;

  function listen() {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      if (values.heartbeat === undefined) socket.ping();
      else socket.send(values.heartbeat);
      quiet = setTimeout(() => socket.terminate(), pingEvery);
    }, pingEvery);
  }

  socket.on("open", () => {
    console.log(`open ${socket.protocol}`.trimEnd());
    send.forEach((text) => socket.send(text));
    listen();
  });
  socket.on("message", (data, isBinary) => {
    listen();
    tries = 0;
    if (isBinary) console.log(`message (${data.length} bytes)`);
    else if (isNew(String(data))) console.log(`message ${data}`);
  });
  socket.on("ping", listen);
  socket.on("pong", listen);
  socket.on("unexpected-response", (request, response) => {
    status = response.statusCode;
    request.destroy();
    socket.terminate();
  });
  socket.on("error", (error) => {
    failure = error;
    console.error(error.message);
  });
  socket.on("close", (code) => {
    clearTimeout(quiet);
    // What ws itself found wrong, it names; what the network did, Node does.
    const broken = failure?.code?.startsWith("WS_ERR") || refusals.test(failure?.message);
    const fails = status === undefined ? broken : status < 500;
    const ended = broken ? 1006 : code;
    console.log(`close ${ended}`);
    if (ended === 1000) process.exit(0);
    if (fails || [1002, 1003, 1007, 1008, 1009, 1010].includes(ended)) process.exit(1);
    setTimeout(visit, delay(tries++, Math.random()), url);
  });
}

/** ws's words for a handshake that it does not believe. */
const refusals = /^(Invalid|Server sent|Unexpected server)|^Parse Error/;

function delay(n, random) {
  return n === 0 ? random * base : (base * 2 ** Math.min(n, 4) * (1 + random)) / 2;
}

function target(url) {
  if (last === undefined) return url;
  return `${url}${url.includes("?") ? "&" : "?"}after=${last}`;
}

function isNew(text) {
  const number = /^(\d+) /.exec(text)?.[1];
  if (number === undefined) return true;
  if (last !== undefined && Number(number) <= last) return false;
  last = Number(number);
  return true;
}

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
