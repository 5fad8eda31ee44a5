// Chapter 08's client in JavaScript: the official client.
"use strict";
const { io } = require("socket.io-client");
const { WebSocket } = require("engine.io-client");

const [first, ...rest] = process.argv.slice(2);
if (first === "address") {
  show(rest[0]);
} else {
  const questions = [];
  while (rest.length > 0) {
    const [, event, argument] = rest.splice(0, 3);
    questions.push({ event, argument });
  }
  visit(first, questions);
}

/** Prints what the client would ask for, and asks nobody. */
function show(url) {
  if (!/^(http|ws)s?:\/\/[^/]/.test(url)) process.exit(2);
  class Printed extends WebSocket {
    doOpen() {
      console.log(`${this.uri()}\nnamespace ${socket.nsp}`);
      process.exit(0);
    }
  }
  const socket = io(url, { transports: [Printed], autoConnect: false });
  socket.connect();
}

function visit(url, questions) {
  const socket = io(url, { transports: ["websocket"], reconnection: false });
  let unanswered = questions.length;

  socket.on("connect", () => {
    console.log(`connected ${socket.id}`);
    for (const { event, argument } of questions) {
      socket.emit(event, argument, (...answer) => {
        console.log(`ack ${event} ${JSON.stringify(answer)}`);
        unanswered -= 1;
        if (unanswered === 0) socket.disconnect();
      });
    }
  });
  socket.onAny((...event) => {
    // Where the server wants an answer, the last argument gives it.
    if (typeof event.at(-1) === "function") event.pop();
    console.log(`event ${JSON.stringify(event)}`);
  });
  socket.on("connect_error", (error) => {
    console.log(`refused ${error.message}`);
    process.exitCode = 1;
    socket.disconnect();
  });
  socket.on("disconnect", (reason) => {
    console.log(`disconnect ${reason}`);
    if (!reason.startsWith("io ")) process.exitCode = 1;
    // The server's goodbye leaves the connection as it is.
    socket.io.engine.close();
  });
}
