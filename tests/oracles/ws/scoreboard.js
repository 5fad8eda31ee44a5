// The scoreboard's echo server on ws, all settings as they come.
"use strict";
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("listening", () => console.log(`listening on ws://127.0.0.1:${server.address().port}`));
server.on("connection", (socket) => {
  socket.on("error", (error) => console.error(error.message));
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
