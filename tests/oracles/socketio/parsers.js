// The official parsers, asked about random packets (tests/packets.rs): a line is
// what came or what is to be said, the answer is a line, too.
"use strict";
const { createInterface } = require("node:readline");
const engine = require("engine.io-parser");
const { Decoder, Encoder } = require("socket.io-parser");

createInterface({ input: process.stdin }).on("line", (line) => {
  const { came, said } = JSON.parse(line, (_, value) => {
    return value?.bytes === undefined ? value : Buffer.from(value.bytes, "hex");
  });
  console.log(JSON.stringify(came ? decoded(came) : new Encoder().encode(said), spelt));
});

/** What these messages mean, up to the first that is wrong. */
function decoded(messages) {
  const decoder = new Decoder();
  const heard = [];
  decoder.on("decoded", ({ type, nsp, id, data }) => heard.push({ type, nsp, id, data }));
  const hear = ({ type, data }) => {
    if (type === "error") throw new Error(data);
    type === "message" ? decoder.add(data) : heard.push({ engine: type });
  };
  try {
    for (const { body, message } of messages) {
      if (body !== undefined) engine.decodePayload(body).forEach(hear);
      else hear(engine.decodePacket(message));
    }
    return { heard, failed: false };
  } catch (error) {
    return { heard, failed: true, error: error.message };
  }
}

/** JSON with bytes in hex; a Buffer has become an object by now. */
function spelt(_, value) {
  const isBuffer = value?.type === "Buffer" && Array.isArray(value.data);
  return isBuffer ? { bytes: Buffer.from(value.data).toString("hex") } : value;
}
