// Chapter 01's server in JavaScript, on ws.
"use strict";
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

const TICK = 5; // milliseconds
const CHUNK = Buffer.alloc(65_536);
// ws keeps whatever the client doesn't take. Above this, nothing more is read.
const WAITING = 1_048_576;

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(values.port) });
server.on("listening", () => console.log(`listening on ws://127.0.0.1:${server.address().port}`));

server.on("connection", (socket) => {
  let running = null; // a stream or a flood: { bytes, end }
  socket.on("error", (error) => console.error(error.message));
  socket.on("close", () => running?.end());
  socket.on("message", (data, isBinary) => {
    const text = isBinary ? null : data.toString();
    if (!running && text === "stream") {
      running = { bytes: 0, end: stream(socket) };
    } else if (!running && text === "flood") {
      running = { bytes: 0, end: flood(socket) };
    } else if (running && text === "stop") {
      running.end();
      socket.send(`stopped: ${running.bytes} bytes came up`);
      running = null;
    } else if (running && isBinary) {
      running.bytes += data.length;
    } else {
      socket.send(data, { binary: isBinary }, () => socket.resume());
      if (socket.bufferedAmount > WAITING) socket.pause();
    }
  });
  socket.send("hello");
});

/** Sends a tick every few milliseconds; returns what ends that. */
function stream(socket) {
  let number = 0;
  const timer = setInterval(() => {
    if (socket.bufferedAmount < WAITING) socket.send(`tick ${number++}`);
  }, TICK);
  return () => clearInterval(timer);
}

/** Sends chunks as fast as the client takes them; returns what ends that. */
function flood(socket) {
  let ended = false;
  const next = (error) => {
    if (!error && !ended) socket.send(CHUNK, next);
  };
  next();
  return () => (ended = true);
}
