// Chapter 13's program in JavaScript, on socket.io: it tells whom it is told to
// tell, and runs the chat.
"use strict";
const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { Server } = require("socket.io");

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "ping-interval": { type: "string", default: "25s" },
    "ping-timeout": { type: "string", default: "20s" },
    recovery: { type: "string" },
  },
});

const http = createServer();
const io = new Server(http, {
  serveClient: false,
  pingInterval: milliseconds(values["ping-interval"]),
  pingTimeout: milliseconds(values["ping-timeout"]),
  ...(values.recovery && {
    connectionStateRecovery: { maxDisconnectionDuration: milliseconds(values.recovery) },
  }),
});

for (const name of ["/", "/other"]) {
  io.of(name).on("connection", (socket) => {
    goes(socket);
    tells(socket);
  });
}

/** A client comes and goes. Each time it hears where it is. */
function goes(socket) {
  // ANCHOR: join
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack(places(socket));
  });
  socket.on("leave", (room, ack) => {
    socket.leave(room);
    ack(places(socket));
  });
  // ANCHOR_END: join
  // ANCHOR: gone
  socket.on("disconnect", () => {
    socket.join("too-late");
    socket.broadcast.emit("gone", name(socket), places(socket));
  });
  // ANCHOR_END: gone
  // `rooms()`: those that there are in this namespace; ids are not shown.
  socket.on("rooms", (ack) => {
    const { rooms, sids } = socket.nsp.adapter;
    ack([...rooms.keys()].filter((room) => !sids.has(room)).sort());
  });
}

/** The rooms that a socket is in, by name. One has its id, and is not shown. */
function places(socket) {
  return [...socket.rooms].filter((room) => room !== socket.id).sort();
}

/** A client says something to many. */
function tells(socket) {
  // ANCHOR: tell
  socket.on("others", (...args) => {
    socket.broadcast.emit("told", ...args);
  });
  socket.on("all", (...args) => {
    socket.nsp.emit("told", ...args);
  });
  socket.on("mates", (...args) => {
    socket.to("blue").to("red").emit("told", ...args);
  });
  // ANCHOR_END: tell
  // `me(…)`: to the one who says it.
  socket.on("me", (...args) => {
    socket.emit("told", ...args);
  });
  // `tell(whom, name, …)`: to whomever, under whatever name.
  socket.on("tell", (whom, name, ...args) => {
    const ack = args.pop();
    try {
      ack(target(socket, whom).emit(name, ...args));
    } catch {
      ack(false); // The name is reserved.
    }
  });
  // `who(whom)`: those who would be told, by the names they gave.
  socket.on("who", async (whom, ack) => {
    const those = await target(socket, whom).fetchSockets();
    ack(those.map(name).sort());
  });
}

/** `{from: "all", to: ["blue"], except: ["red"], volatile: true}`. */
function target(socket, { from, to = [], except = [], volatile = false }) {
  const idOf = (word) => (word[0] === "@" ? socketOf(socket.nsp, word.slice(1)).id : word);
  let target = from === "all" ? socket.nsp.to([]) : socket.broadcast;
  for (const room of to) target = target.to(idOf(room));
  for (const room of except) target = target.except(idOf(room));
  return volatile ? target.volatile : target;
}

function socketOf(namespace, who) {
  return [...namespace.sockets.values()].find((socket) => name(socket) === who);
}

/** What a client calls itself when it connects. */
function name(socket) {
  return socket.handshake.auth.name ?? "?";
}

// --- The chat ---

const LONGEST = 16384;
const LONGEST_NAME = 16;
const MOST_ROOMS = 8;
const HISTORY = 10;

/** By name: `members`, ids by name, and `history`. */
const rooms = new Map();

io.of("/chat").on("connection", (socket) => {
  for (const [name, command] of Object.entries({ join, say, leave })) {
    socket.on(name, (...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
      try {
        ack(null, ...command(socket, ...args));
      } catch (fault) {
        if (typeof fault !== "string") throw fault;
        ack(fault);
      }
    });
  }
  socket.on("disconnect", () => {
    for (const name of [...rooms.keys()]) {
      const nick = nickOf(name, socket);
      if (nick !== undefined) out(socket, name, nick);
    }
  });
});

/** `join(room, name)`: answered with who is there and what was said. */
function join(socket, name, nick) {
  word(name);
  word(nick);
  if (socket.rooms.has(name)) throw "in-room";
  // One room has the socket's id.
  if (socket.rooms.size - 1 === MOST_ROOMS) throw "too-many-rooms";
  const room = rooms.get(name) ?? { members: new Map(), history: [] };
  if (room.members.has(nick)) throw "taken";
  rooms.set(name, room);
  room.members.set(nick, socket.id);
  socket.join(name);
  socket.to(name).emit("joined", name, nick);
  return [[...room.members.keys()].sort(), room.history];
}

/** `say(room, text)`: all there hear it, who said it too. */
function say(socket, name, text) {
  word(name);
  if (typeof text !== "string") throw "bad-message";
  if (Buffer.byteLength(text) > LONGEST) throw "too-long";
  const nick = find(socket, name);
  const { history } = rooms.get(name);
  history.push([nick, text]);
  if (history.length > HISTORY) history.shift();
  socket.nsp.to(name).emit("said", name, nick, text);
  return [];
}

/** `leave(room)`. */
function leave(socket, name) {
  word(name);
  const nick = find(socket, name);
  socket.leave(name);
  out(socket, name, nick);
  return [];
}

/** Somebody is out of a room, and all there are told. */
function out(socket, name, nick) {
  const { members } = rooms.get(name);
  members.delete(nick);
  if (members.size === 0) rooms.delete(name);
  socket.to(name).emit("left", name, nick);
}

/** What this socket is called in a room that it is in. */
function find(socket, name) {
  const nick = nickOf(name, socket);
  if (nick === undefined) throw "not-in-room";
  return nick;
}

function nickOf(name, socket) {
  const members = [...(rooms.get(name)?.members ?? [])];
  return members.find(([, id]) => id === socket.id)?.[0];
}

/** An argument that can be a name: small letters, digits and hyphens. */
function word(word) {
  if (typeof word !== "string") throw "bad-message";
  if (word.length > LONGEST_NAME || !/^[a-z0-9-]+$/.test(word)) throw "bad-name";
}

http.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
