// Chapter 12's program in JavaScript, on socket.io: it says what it is told to say.
"use strict";
const { createServer } = require("node:http");
const { parseArgs } = require("node:util");
const { Server } = require("socket.io");

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "ping-interval": { type: "string", default: "25s" },
    "ping-timeout": { type: "string", default: "20s" },
  },
});

const http = createServer();
const io = new Server(http, {
  serveClient: false,
  pingInterval: milliseconds(values["ping-interval"]),
  pingTimeout: milliseconds(values["ping-timeout"]),
});

for (const name of ["/", "/admin"]) {
  io.of(name).on("connection", (socket) => {
    says(socket);
    answers(socket);
    asks(socket);
    saysPerhaps(socket);
  });
}

/** The server says something. */
function says(socket) {
  // ANCHOR: emit
  socket.on("echo", (...args) => {
    socket.emit("echo", ...args);
  });
  socket.on("count", (times, value) => {
    for (let number = 0; number < times; number++) {
      socket.emit("number", number, value);
    }
  });
  // ANCHOR_END: emit
  // Under whatever name the client wants.
  socket.on("say", (name, ...args) => {
    const sent = may(() => socket.emit(name, ...args));
    socket.emit("said", sent);
  });
}

/** The client asks, and the server answers. */
function answers(socket) {
  // ANCHOR: ack
  socket.on("sum", (...args) => {
    const ack = args.pop();
    ack(args.reduce((sum, number) => sum + number, 0));
  });
  socket.on("heard", (...args) => {
    const ack = args.pop();
    ack();
  });
  // ANCHOR_END: ack
  socket.on("keep", (...args) => {
    // It is there only if the client asks for an answer.
    if (typeof args.at(-1) === "function") args.pop()(...args);
  });
  // Two hear it, and each would answer.
  for (const number of ["first", "second"]) {
    socket.on("both", (ack) => ack(number));
  }
  socket.on("silence", () => {});
}

/** The server asks, and the client answers. */
function asks(socket) {
  socket.on("ask", (name, ...args) => {
    const thanks = (...answer) => socket.emit("thanks", ...answer);
    if (!may(() => socket.emit(name, ...args, thanks))) {
      socket.nsp.emit("no answer", "the event's name is reserved");
    }
  });
  // ANCHOR: ask
  socket.on("ask-in", async (limit, ...args) => {
    try {
      const answer = await socket.timeout(limit).emitWithAck("question", ...args);
      socket.emit("thanks", answer);
    } catch (error) {
      socket.nsp.emit("no answer", error.message);
    }
  });
  // ANCHOR_END: ask
  // Two questions at once, and both answers together.
  socket.on("ask-two", async () => {
    const [first, second] = await Promise.all([socket.emitWithAck("first"), socket.emitWithAck("second")]);
    socket.emit("thanks", [first], [second]);
  });
}

/** The server says something, if it can be heard. */
function saysPerhaps(socket) {
  // ANCHOR: volatile
  socket.on("news", (...args) => {
    const timer = setInterval(() => socket.volatile.emit("news", ...args), 10);
    socket.on("disconnect", () => clearInterval(timer));
  });
  // ANCHOR_END: volatile
  // Three times, under whatever name; then all in the namespace are told.
  socket.on("perhaps", (name, ...args) => {
    let sent = false;
    for (let time = 0; time < 3; time++) sent = may(() => socket.volatile.emit(name, ...args));
    socket.nsp.emit("over", sent);
  });
}

/** Whether the name may be used: if not, `emit` throws. */
function may(emit) {
  try {
    return emit();
  } catch {
    return false;
  }
}

http.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
