// Chapter 03's codec in JavaScript: the Receiver and the Sender of ws.
"use strict";
const { createHash } = require("node:crypto");
const { createInterface } = require("node:readline");
const { parseArgs } = require("node:util");
const { Receiver, Sender } = require("ws");

const OPCODES = { continue: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    more: { type: "boolean", default: false },
    length: { type: "string" },
    mask: { type: "string" },
    client: { type: "boolean", default: false },
    "max-message": { type: "string", default: "16777216" },
    "max-fragments": { type: "string", default: "131072" },
  },
});

const [command, kind, ...said] = positionals;
if (command === "encode") {
  try {
    console.log(dissected(encode()));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
} else {
  decode();
}

function encode() {
  const key = values.mask && unhex(values.mask);
  const generateMask = (mask) => key.copy(mask);
  const written = [];
  const socket = { cork() {}, uncork() {}, write: (chunk) => written.push(chunk) };
  const sender = new Sender(socket, {}, key && generateMask);
  const data = payload();
  if (values.more && OPCODES[kind] > 7) throw new Error("ws has no fragments of these");
  if (kind === "continue") {
    // A Sender continues only what it has begun itself.
    const options = { fin: !values.more, opcode: OPCODES[kind], mask: !!key, generateMask };
    written.push(...Sender.frame(data, options));
  } else if (kind === "close") {
    const [code, reason] = said;
    sender.close(code && Number(code), reason, !!key);
  } else if (kind === "ping" || kind === "pong") {
    sender[kind](data, !!key);
  } else {
    sender.send(data, { binary: kind === "binary", fin: !values.more, mask: !!key });
  }
  return Buffer.concat(written);
}

function payload() {
  const [word = ""] = said;
  const once = kind === "binary" ? unhex(word) : Buffer.from(word);
  return values.length ? Buffer.alloc(Number(values.length), once) : once;
}

async function decode() {
  const receiver = new Receiver({
    isServer: !values.client,
    maxPayload: Number(values["max-message"]),
    maxFragments: Number(values["max-fragments"]),
  });
  receiver.on("message", (data, isBinary) => {
    console.log(isBinary ? `binary ${summedUp(data)}`.trim() : `text ${text(data)}`);
  });
  receiver.on("ping", (data) => console.log(`ping ${spelt(data)}`.trim()));
  receiver.on("pong", (data) => console.log(`pong ${spelt(data)}`.trim()));
  receiver.on("conclude", (code, reason) => {
    const empty = code === 1005; // What an empty close goes by.
    console.log(`close ${empty ? "" : code} ${spelt(reason)}`.trim());
  });
  receiver.on("error", (error) => {
    const status = Object.getOwnPropertySymbols(error).find((s) => s.description === "status-code");
    console.log(`fail ${error[status]}`);
    console.error(error.message);
    process.exitCode = 1;
  });
  for await (const line of createInterface({ input: process.stdin })) {
    if (receiver.writable) receiver.write(unhex(line));
  }
}

function text(data) {
  const long = data.length > 256;
  return long ? summedUp(data) : JSON.stringify(data.toString());
}

/** As text if it is one, else in hex. */
function spelt(data) {
  if (data.length === 0) return "";
  const text = data.toString();
  return Buffer.from(text).equals(data) ? JSON.stringify(text) : summedUp(data);
}

/** In hex; if it is long, its length and digest. */
function summedUp(data) {
  if (data.length <= 32) return hex(data);
  const digest = createHash("sha1").update(data).digest("hex");
  return `(${data.length} bytes, sha1 ${digest.slice(0, 8)})`;
}

/** The header in hex, and the payload summed up. */
function dissected(frame) {
  const key = frame[1] & 0x80 ? 4 : 0;
  const header = key + ({ 126: 4, 127: 10 }[frame[1] & 0x7f] ?? 2);
  return `${hex(frame.subarray(0, header))} ${summedUp(frame.subarray(header))}`.trim();
}

function hex(data) {
  return data.toString("hex").replace(/..(?=.)/g, "$& ");
}

function unhex(text) {
  return Buffer.from(text.replace(/\s/g, ""), "hex");
}
