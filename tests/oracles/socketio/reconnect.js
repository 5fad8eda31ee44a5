// Chapter 14's client in JavaScript: the official client.
"use strict";
const { parseArgs } = require("node:util");
const { Manager, io } = require("socket.io-client");

const words = process.argv.slice(2);
// `--emit EVENT TEXT` takes two words.
const emits = [];
for (let at; (at = words.indexOf("--emit")) >= 0; ) {
  const [, event, text] = words.splice(at, 3);
  emits.push({ event, args: [text] });
}
const { values, positionals } = parseArgs({
  args: words,
  allowPositionals: true,
  options: {
    base: { type: "string", default: "1s" },
    random: { type: "string" },
    retries: { type: "string" },
    "ack-timeout": { type: "string", default: "1s" },
    name: { type: "string" },
  },
});
const base = milliseconds(values.base);
const patience = { reconnectionDelay: base, reconnectionDelayMax: 5 * base };

if (positionals[0] === "delays") {
  // One number decides how far a wait is off, and its first decimal which way: 0
  // is none at all.
  const random = Number(values.random ?? Math.random());
  Math.random = () => (random === 0.5 ? 0 : random);
  const manager = new Manager("http://localhost", { autoConnect: false, ...patience });
  for (let n = 0; n < 6; n++) console.log(`${manager.backoff.duration()}ms`);
} else {
  visit(positionals[0]);
}

function visit(url) {
  const asks = values.retries !== undefined;
  const retries = asks ? { retries: Number(values.retries) } : {};
  const ackTimeout = asks ? { ackTimeout: milliseconds(values["ack-timeout"]) } : {};
  const socket = io(url, { transports: ["websocket"], ...patience, ...retries, ...ackTimeout });

  socket.on("connect", () => {
    console.log(`${socket.recovered ? "recovered" : "connected"} ${socket.id}`);
  });
  socket.onAny((...event) => console.log(`event ${JSON.stringify(event)}`));
  socket.on("connect_error", (error) => {
    if (socket.active) return; // It comes back.
    console.log(`refused ${error.message}`);
    process.exitCode = 1;
    socket.disconnect();
  });
  socket.on("disconnect", (reason) => {
    console.log(`disconnect ${reason}`);
    // The server's goodbye leaves the connection as it is.
    if (!socket.active) socket.io.engine.close();
  });
  emits.forEach(({ event, args }, nth) => {
    if (values.name !== undefined) args.push(`${values.name}-${nth}`);
    if (!asks) return socket.emit(event, ...args);
    socket.emit(event, ...args, (error, ...answer) => {
      console.log(error ? `failed ${event}` : `ack ${event} ${JSON.stringify(answer)}`);
    });
  });
}

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
