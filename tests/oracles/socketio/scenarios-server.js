// What the scenarios of the official client talk to: the official server. The
// same in Rust: solutions/13-rooms/examples/scenarios.rs.
"use strict";
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const recovers = process.argv.includes("--recovery");
const http = createServer();
const io = new Server(http, recovers ? { connectionStateRecovery: {} } : {});

io.on("connection", (socket) => {
  socket.on("hi", (word, answer) => answer(word));
  socket.on("twice", (word) => {
    socket.emit("one", word);
    socket.emit("two", word, { again: true });
  });
  socket.on("ask me", async () => {
    const answer = await socket.timeout(5000).emitWithAck("who", "are you");
    socket.emit("so", answer);
  });
  socket.on("up", (bytes, answer) => {
    socket.emit("down", { file: bytes }, bytes);
    answer(bytes);
  });
  socket.on("join", (room, answer) => {
    socket.join(room);
    answer();
  });
  socket.on("tell", (room, word, answer) => {
    io.to(room).emit("told", word);
    answer();
  });
  socket.on("tell others", (word) => socket.broadcast.emit("told", word));
  socket.on("send me away", () => socket.disconnect());
  socket.on("hang up", () => socket.disconnect(true));
});

io.of("/admin")
  .use((socket, next) => {
    if (socket.handshake.auth.token === "sesame") return next();
    const refusal = new Error("not authorized");
    refusal.data = { retry: false };
    next(refusal);
  })
  .on("connection", (socket) => {
    socket.on("hi", (word, answer) => answer(`${word}, admin`));
  });

http.listen(0, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
