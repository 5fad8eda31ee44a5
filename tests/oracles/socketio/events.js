// Chapter 11's program in JavaScript, on socket.io: what is said is told who heard it.
"use strict";
const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { Server } = require("socket.io");

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "ping-interval": { type: "string", default: "25s" },
    "ping-timeout": { type: "string", default: "20s" },
    "connect-timeout": { type: "string", default: "45s" },
  },
});

const http = createServer();
const io = new Server(http, {
  serveClient: false,
  pingInterval: milliseconds(values["ping-interval"]),
  pingTimeout: milliseconds(values["ping-timeout"]),
  connectTimeout: milliseconds(values["connect-timeout"]),
});

// ANCHOR: middleware
const admin = io.of("/admin");
admin.use((socket, next) => {
  if (socket.handshake.auth.token === "sesame") return next();
  const refusal = new Error("not authorized");
  refusal.data = { code: "E_TOKEN" };
  next(refusal);
});
// ANCHOR_END: middleware
admin.use((socket, next) => next(socket.handshake.auth.name === undefined ? new Error("no name") : undefined));
let gate = () => {}; // opens it for who waits
const freed = () => new Promise((resolve) => (gate = resolve));

// Whoever wants to be kept waiting is: those who are in are told.
admin.use(async (socket, next) => {
  const { name, wait } = socket.handshake.auth;
  if (wait !== undefined) {
    admin.emit("waits", name);
    await freed();
  }
  next();
});
admin.on("connection", (socket) => {
  welcome(socket);
  socket.on("hello", (...args) => socket.emit("heard hello", ...args));
});

// No client is heard here, whatever it says.
io.on("hello", () => io.emit("io.on has heard it"));
io.on("*", () => io.emit("io.on has heard it"));

io.on("connection", (socket) => {
  // ANCHOR: listen
  socket.on("hello", (...args) => {
    socket.emit("heard hello", ...args);
  });
  socket.on("*", (...args) => {
    socket.emit("heard *", ...args);
  });
  socket.onAny((name) => {
    socket.emit("any", name);
  });
  // ANCHOR_END: listen
  for (const number of ["first", "second"]) {
    socket.on("twice", (...args) => socket.emit(number, ...args));
  }
  // ANCHOR: hold
  socket.on("hold", async (...args) => {
    await freed();
    socket.emit("free again", ...args);
  });
  // ANCHOR_END: hold
  socket.on("free", () => gate());
  socket.on("leave", (close) => socket.disconnect(close));
  socket.on("fall", () => {
    throw new Error("as it was told");
  });
  // What all in `/admin` are told.
  const { name = null } = socket.handshake.auth;
  socket.on("say", (...args) => admin.emit("said", name, ...args));
  socket.on("disconnect", (reason) => admin.emit("gone", name, reason));
  // Who says `more` is heard by one more of each: of all, of `hold`, and of the end.
  socket.on("more", () => {
    socket.onAny((event) => admin.emit("any too", name, event));
    socket.on("hold", async (...args) => {
      await freed();
      socket.emit("free too", ...args);
    });
    socket.on("disconnect", () => admin.emit("gone too", name));
  });
  socket.on("shut", () => io.close());
  welcome(socket);
});

/** Who says a name is welcomed by it. */
function welcome(socket) {
  const { name } = socket.handshake.auth;
  if (name !== undefined) socket.emit("welcome", name);
}

http.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
