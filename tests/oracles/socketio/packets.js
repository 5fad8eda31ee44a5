// Chapter 09's codecs in JavaScript: engine.io-parser and socket.io-parser.
"use strict";
const { createInterface } = require("node:readline");
const engine = require("engine.io-parser");
const { Decoder, Encoder, PacketType } = require("socket.io-parser");

const TYPES = ["connect", "disconnect", "event", "ack", "connect_error"];
const words = process.argv.slice(2);
if (words[0] === "encode") {
  encode(words.slice(1));
} else {
  decode(words.includes("--engine"));
}

function encode(said) {
  const inOneBody = said[0] === "--body";
  const packets = (inOneBody ? said.slice(1) : said).join(" ").split(" + ").flatMap(packetsOf);
  if (inOneBody) {
    engine.encodePayload(packets, (body) => console.log(`body ${body}`));
    return;
  }
  for (const packet of packets) {
    engine.encodePacket(packet, true, (encoded) => {
      const isText = typeof encoded === "string";
      console.log(isText ? `text ${encoded}` : `binary ${hex(encoded)}`.trim());
    });
  }
}

/** One packet of Engine.IO, or those that a packet of Socket.IO is. */
function packetsOf(said) {
  const [, type, rest] = /^(\S+) ?(.*)$/s.exec(said);
  if (type === "binary") return [{ type: "message", data: unhex(rest) }];
  if (!TYPES.includes(type)) return [{ type, data: rest }];
  const [, nsp, id, json] = /^(\S+) ?(\d*) ?(.*)$/s.exec(rest);
  const packet = { type: PacketType[type.toUpperCase()], nsp };
  if (id) packet.id = Number(id);
  if (json) packet.data = parsed(json);
  return new Encoder().encode(packet).map((data) => ({ type: "message", data }));
}

/** JSON in which 0x010203 stands for bytes. */
function parsed(json) {
  const quoted = json.replace(/"(\\.|[^"\\])*"|0x[0-9a-f]*/g, (token) => {
    return token.startsWith("0x") ? `{"bytes of":"${token.slice(2)}"}` : token;
  });
  return JSON.parse(quoted, (_, value) => {
    return value?.["bytes of"] === undefined ? value : unhex(value["bytes of"]);
  });
}

async function decode(engineOnly) {
  const decoder = new Decoder();
  decoder.on("decoded", (packet) => console.log(shown(packet)));
  const hear = ({ type, data }) => {
    if (type === "error") throw new Error(data);
    if (type === "message" && !engineOnly) {
      decoder.add(data);
    } else if (data instanceof Buffer) {
      console.log(`binary ${hex(data)}`.trim());
    } else {
      console.log(data ? `${type} ${data}` : type);
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [, form, data] = /^(\S+) ?(.*)$/s.exec(line);
    try {
      if (form === "body") {
        engine.decodePayload(data).forEach(hear);
      } else {
        hear(engine.decodePacket(form === "binary" ? unhex(data) : data));
      }
    } catch (error) {
      console.log("fail");
      console.error(error.message);
      process.exitCode = 1;
      return;
    }
  }
}

/** A packet of Socket.IO in words. */
function shown({ type, nsp, id, data }) {
  const words = [TYPES[type], nsp];
  if (id !== undefined) words.push(id);
  if (data !== undefined) words.push(spelt(data));
  return words.join(" ");
}

/** JSON, with the bytes in their places. */
function spelt(value) {
  if (value instanceof Buffer) return `0x${value.toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(spelt).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${spelt(value)}`).join(",")}}`;
}

function hex(data) {
  return Buffer.from(data).toString("hex").replace(/..(?=.)/g, "$& ");
}

function unhex(text) {
  return Buffer.from(text.replace(/\s/g, ""), "hex");
}
