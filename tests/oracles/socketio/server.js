// A server on the official packages, for the conversations that pages print.
"use strict";
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("hi", (name, answer) => answer(`hi, ${name}`));
  socket.on("disconnect", (reason) => console.log(`disconnect ${reason}`));
});
io.engine.on("connection", (session) => {
  session.on("close", (reason) => console.log(`session closed: ${reason}`));
});
http.listen(0, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
