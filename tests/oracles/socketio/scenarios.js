// What one does with the official client, each scenario by each way to connect:
// scenarios.js URL SCENARIO polling|websocket|upgrade. It prints what its user
// sees, and leaves.
"use strict";
const { Manager } = require("socket.io-client");

const [url, scenario, way] = process.argv.slice(2);
const transports = way === "upgrade" ? ["polling", "websocket"] : [way];

/** A connection of its own. */
function manager(options) {
  return new Manager(url, { transports, reconnection: false, ...options });
}

/** A socket that is connected, on the transport that it stays on. */
async function connected(on = manager(), namespace = "/", auth = undefined) {
  const socket = on.socket(namespace, { auth });
  socket.on("disconnect", (reason) => console.log(`${namespace} disconnect: ${reason}`));
  socket.on("connect_error", (error) =>
    console.log(`${namespace} refused: ${error.message}`, error.data ?? ""),
  );
  await heard(socket, "connect");
  await settled(on);
  console.log(`${namespace} connected, by ${on.engine.transport.name}`);
  return socket;
}

async function settled(on) {
  if (way === "upgrade" && on.engine.transport.name === "polling") {
    await new Promise((done) => on.engine.once("upgrade", done));
  }
}

function heard(socket, event) {
  return new Promise((done) => socket.once(event, (...args) => done(args)));
}

/** Prints the next of these events. */
async function print(socket, ...events) {
  for (const event of events) {
    console.log(event, ...(await heard(socket, event)));
  }
}

const scenarios = {
  async events() {
    const socket = await connected();
    console.log("answer:", await socket.emitWithAck("hi", "Ann"));
    const both = Promise.all([heard(socket, "one"), heard(socket, "two")]);
    socket.emit("twice", "x");
    console.log("one and two:", await both);
    socket.disconnect();
  },

  async question() {
    const socket = await connected();
    socket.on("who", (what, answer) => answer(`${what}? I am Ann`));
    socket.emit("ask me");
    await print(socket, "so");
    socket.disconnect();
  },

  async binary() {
    const socket = await connected();
    const down = heard(socket, "down");
    console.log("answer:", await socket.emitWithAck("up", Buffer.from([1, 2, 3])));
    console.log("down:", ...(await down));
    socket.disconnect();
  },

  async namespaces() {
    const on = manager();
    const socket = await connected(on);
    const admin = await connected(on, "/admin", { token: "sesame" });
    console.log("answer:", await admin.emitWithAck("hi", "Ann"));
    admin.disconnect();
    console.log("answer:", await socket.emitWithAck("hi", "Ann"));
    socket.disconnect();
  },

  async refusal() {
    const on = manager();
    const socket = await connected(on);
    for (const [namespace, auth] of [["/admin", { token: "guess" }], ["/nowhere"]]) {
      const refused = on.socket(namespace, { auth });
      const [error] = await heard(refused, "connect_error");
      console.log(`${namespace} refused: ${error.message}`, error.data ?? "");
    }
    console.log("answer:", await socket.emitWithAck("hi", "Ann"));
    socket.disconnect();
  },

  async rooms() {
    const ann = await connected();
    const bob = await connected();
    await ann.emitWithAck("join", "tea");
    let told = heard(ann, "told");
    await bob.emitWithAck("tell", "tea", "to a room");
    console.log("Ann was told", ...(await told));
    told = heard(ann, "told");
    bob.emit("tell others", "to all others");
    console.log("Ann was told", ...(await told));
    ann.disconnect();
    bob.disconnect();
  },

  async "sent-away"() {
    const socket = await connected();
    socket.emit("send me away");
    await heard(socket, "disconnect");
    console.log("active:", socket.active);
    socket.io.engine.close();
  },

  async "hung-up"() {
    const socket = await connected();
    socket.emit("hang up");
    await heard(socket, "disconnect");
    console.log("active:", socket.active);
  },

  async reconnect() {
    // What it emits while away must not meet an upgrade: on which of the two
    // transports it would then go is a matter of timing.
    const patience = { reconnectionDelay: 50, randomizationFactor: 0, rememberUpgrade: true };
    const on = manager({ reconnection: true, ...patience });
    const socket = await connected(on);
    const before = socket.id;
    on.engine.close();
    const answer = socket.emitWithAck("hi", "said while away");
    await heard(socket, "connect");
    console.log("another id:", socket.id !== before, "recovered:", socket.recovered === true);
    console.log("answer:", await answer);
    await settled(on);
    socket.disconnect();
  },

  async recovery() {
    const on = manager();
    const socket = await connected(on);
    const before = socket.id;
    const told = heard(socket, "told");
    await socket.emitWithAck("join", "tea");
    await socket.emitWithAck("tell", "tea", "before");
    console.log("told", (await told)[0]);
    on.engine.close();
    const other = await connected();
    await other.emitWithAck("tell", "tea", "missed");
    await other.emitWithAck("tell", "tea", "missed, too");
    const missed = [];
    socket.on("told", (word) => missed.push(word));
    socket.connect();
    await heard(socket, "connect");
    await settled(on);
    console.log("the same id:", socket.id === before, "recovered:", socket.recovered === true);
    console.log("told", missed);
    other.disconnect();
    socket.disconnect();
  },
};

scenarios[scenario]();
