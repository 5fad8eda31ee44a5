// The same on the official server. Its packages are the oracles'.
const { createServer } = require("node:http");
const { Server } = require("../../oracles/socketio/node_modules/socket.io");

const http = createServer();
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("echo", (value, ack) => ack(value));
  socket.on("all", (value) => io.emit("all", value));
});
http.listen(0, "127.0.0.1", () => console.log(`listening on ws://127.0.0.1:${http.address().port}`));
