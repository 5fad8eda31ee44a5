// The official client, which says what becomes of it: connect.js URL TRANSPORT...
"use strict";
const { io } = require("socket.io-client");

const [url, ...transports] = process.argv.slice(2);
// By default it waits for 20 seconds.
const socket = io(url, { transports, timeout: 1000, reconnection: false });
socket.on("connect", () => {
  console.log("connect");
  socket.disconnect();
});
socket.on("connect_error", (error) => console.log(`connect_error: ${error.message}`));
