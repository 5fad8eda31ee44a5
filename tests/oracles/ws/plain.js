// A plain WebSocket, as a page would open it: plain.js URL [TEXT]. It prints
// what it sees until the other end closes, and says the text once it is spoken to.
"use strict";
const WebSocket = require("ws");

const [url, text] = process.argv.slice(2);
const socket = new WebSocket(url, { perMessageDeflate: false });
socket.on("open", () => console.log("open"));
socket.once("message", () => text && socket.send(text));
socket.on("message", (data) => console.log(`message ${data}`));
socket.on("error", (error) => console.log(`error: ${error.message}`));
socket.on("close", (code) => console.log(`close ${code}`));
