// Chapter 07's chat in JavaScript, on ws and Node's http.
"use strict";
const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

const LONGEST = 16_384; // bytes of a text
const MOST_ROOMS = 8;
const HISTORY = 10;
const OUTBOX = 64; // messages that one client has not taken, at most

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    origin: { type: "string", multiple: true, default: [] },
    idle: { type: "string", default: "10s" },
  },
});
const idle = milliseconds(values.idle);

/** Each with its `members`, from a name to a client, and its `history`. */
const rooms = new Map();

class Fault extends Error {}

/** One connection: its socket, its names by room, and what it has yet to be told. */
class Client {
  constructor(socket) {
    Object.assign(this, { socket, nicks: new Map(), outbox: [], busy: false, end: undefined });
    socket.on("message", (data, binary) => (binary ? this.goodbye(1003) : this.hear(String(data))));
    socket.on("error", () => this.gone());
    socket.on("close", () => this.gone());
  }

  hear(text) {
    if (this.end) return;
    try {
      const [command, ...words] = parse(text);
      commands[command](this, ...words);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      tell([this], "error", fault.message);
    }
  }

  put(text) {
    if (this.end) return;
    if (this.outbox.length === OUTBOX) return this.goodbye(1013);
    this.outbox.push(text);
    this.pump();
  }

  /** One at a time: the next when the system has taken the one before. */
  pump() {
    if (this.busy) return;
    if (this.outbox.length === 0) {
      if (this.end) this.socket.close(this.end);
      return;
    }
    this.busy = true;
    const patience = setTimeout(() => this.socket.terminate(), idle);
    this.socket.send(this.outbox.shift(), () => {
      clearTimeout(patience);
      this.busy = false;
      this.pump();
    });
  }

  /** Behind what it has yet to be told. */
  goodbye(code) {
    this.end = code;
    this.gone();
    this.pump();
  }

  gone() {
    for (const room of [...this.nicks.keys()]) commands.leave(this, room);
  }
}

const commands = {
  join(client, room, nick) {
    if (client.nicks.has(room)) throw new Fault("in-room");
    if (client.nicks.size === MOST_ROOMS) throw new Fault("too-many-rooms");
    const there = rooms.get(room) ?? { members: new Map(), history: [] };
    if (there.members.has(nick)) throw new Fault("taken");
    rooms.set(room, there);
    tell(there.members.values(), "joined", room, nick);
    there.members.set(nick, client);
    client.nicks.set(room, nick);
    tell([client], "room", room, [...there.members.keys()].sort(), there.history);
  },

  say(client, room, text) {
    const nick = client.nicks.get(room);
    if (nick === undefined) throw new Fault("not-in-room");
    const { members, history } = rooms.get(room);
    history.push([nick, text]);
    if (history.length > HISTORY) history.shift();
    tell(members.values(), "said", room, nick, text);
  },

  leave(client, room) {
    const nick = client.nicks.get(room);
    if (nick === undefined) throw new Fault("not-in-room");
    const { members } = rooms.get(room);
    const all = [...members.values()];
    client.nicks.delete(room);
    members.delete(nick);
    if (members.size === 0) rooms.delete(room);
    tell(all, "left", room, nick);
  },
};

/** What is yet to be put into outboxes. */
const told = [];

/** What comes of telling it is told behind it: so all hear one order. */
function tell(clients, ...event) {
  told.push([[...clients], JSON.stringify(event)]);
  if (told.length > 1) return; // Somebody is at it.
  for (; told.length > 0; told.shift()) {
    const [all, text] = told[0];
    for (const client of all) client.put(text);
  }
}

/** The words of a command, or a fault. */
function parse(text) {
  let words;
  try {
    words = JSON.parse(text);
  } catch {
    throw new Fault("bad-message");
  }
  const strings = Array.isArray(words) && words.every((word) => typeof word === "string");
  const length = strings && { join: 3, say: 3, leave: 2 }[words[0]];
  if (!length || words.length !== length) throw new Fault("bad-message");
  const [command, room, last] = words;
  if (command === "say" && Buffer.byteLength(last) > LONGEST) throw new Fault("too-long");
  for (const name of command === "join" ? [room, last] : [room]) {
    if (!/^[a-z0-9-]{1,16}$/.test(name)) throw new Fault("bad-name");
  }
  return words;
}

const http = createServer((request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({
  server: http,
  path: "/ws",
  maxPayload: 8 * LONGEST,
  verifyClient: ({ origin }, done) => done(origin === undefined || values.origin.includes(origin), 403),
});
sockets.on("connection", (socket) => new Client(socket));

http.listen(Number(values.port), "127.0.0.1", () => {
  const { port } = http.address();
  values.origin.push(`http://127.0.0.1:${port}`, `http://localhost:${port}`);
  console.log(`listening on ws://127.0.0.1:${port}`);
});

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
