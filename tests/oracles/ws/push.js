// Chapter 06's server in JavaScript, on ws and Node's http.
"use strict";
const { createServer, STATUS_CODES } = require("node:http");
const { parseArgs } = require("node:util");
const { WebSocketServer } = require("ws");

const ROOM = 16; // notifications that one reader has not taken, at most
const LONGEST = 65_536;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    token: { type: "string" },
    origin: { type: "string", multiple: true, default: [] },
    idle: { type: "string", default: "10s" },
  },
});
const idle = milliseconds(values.idle);

let number = 0;
let leaving = false;
const last = new Map();
const readers = new Set();

/** What one client has yet to be told, and how: `write(told, done)`, then `end()`. */
class Reader {
  constructor(topic, seen, write, drop, end) {
    Object.assign(this, { topic, write, drop, end, queue: [], missed: 0, busy: false });
    // Said again, a topic stays where it first stood in a Map: sort.
    const begin = [...last.values()].sort((a, b) => a.id - b.id);
    this.queue = begin.filter((news) => news.id > seen && this.wants(news));
    readers.add(this);
    this.pump();
  }

  wants(news) {
    return this.topic === undefined || this.topic === news.topic;
  }

  tell(news) {
    if (!this.wants(news)) return;
    this.queue.push(news);
    if (this.queue.length > ROOM) this.missed += this.queue.splice(0, this.queue.length - ROOM).length;
    this.pump();
  }

  /** One at a time: the next when the system has taken the one before. */
  pump() {
    if (this.busy || !readers.has(this)) return;
    if (this.missed === 0 && this.queue.length === 0) {
      if (leaving) this.end();
      return;
    }
    const told = this.missed > 0 ? { topic: "missed", text: String(this.missed) } : this.queue.shift();
    if (told.topic === "missed") this.missed = 0;
    this.busy = true;
    const patience = setTimeout(() => this.drop(), idle);
    this.write(told, () => {
      clearTimeout(patience);
      this.busy = false;
      this.pump();
    });
  }

  leave() {
    readers.delete(this);
  }
}

const http = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const [path, topic] = split(url.pathname);
  const answer = (status, headers = {}) => {
    request.resume();
    response.writeHead(status, headers).end();
  };
  if (request.method === "POST" && (path === "notify" || path === "quit")) {
    if (!mayNotify(request)) return answer(401, { "WWW-Authenticate": "Bearer" });
    if (path === "quit") return answer(204), quit();
    if (topic === undefined || !isTopic(topic)) return answer(404);
    read(request, (status, text) => {
      if (status === 204) publish(topic, text);
      answer(status);
    });
  } else if (request.method === "GET" && path === "events") {
    if (!mayListen(request)) return answer(403);
    if (!isTopic(topic)) return answer(404);
    events(request, response, topic);
  } else {
    answer(404);
  }
});

const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST });
http.on("upgrade", (request, socket, head) => {
  const [path, topic] = split(new URL(request.url, "http://localhost").pathname);
  if (path !== "ws" || !isTopic(topic)) return refuse(socket, 404);
  if (!mayListen(request)) return refuse(socket, 403);
  sockets.handleUpgrade(request, socket, head, (socket) => {
    const write = (told, done) => socket.send(`${told.topic}: ${told.text}`, done);
    const end = () => socket.close(1001);
    const reader = new Reader(topic, 0, write, () => socket.terminate(), end);
    socket.on("error", (error) => console.error(error.message));
    socket.on("close", () => reader.leave());
  });
});

http.listen(Number(values.port), "127.0.0.1", () => {
  const { port } = http.address();
  values.origin.push(`http://127.0.0.1:${port}`, `http://localhost:${port}`);
  console.log(`listening on ws://127.0.0.1:${port}`);
});

function events(request, response, topic) {
  const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-cache", Vary: "origin" };
  if (request.headers.origin) headers["Access-Control-Allow-Origin"] = request.headers.origin;
  response.writeHead(200, headers).flushHeaders();
  const write = (told, done) => {
    const id = told.id ? `id: ${told.id}\n` : "";
    response.write(`event: ${told.topic}\ndata: ${told.text.split("\n").join("\ndata: ")}\n${id}\n`, done);
  };
  const id = Number(request.headers["last-event-id"]);
  const seen = id <= number ? id : 0; // NaN too
  const reader = new Reader(topic, seen, write, () => response.destroy(), () => response.end());
  response.on("close", () => reader.leave());
}

function publish(topic, text) {
  const news = { id: ++number, topic, text };
  last.set(topic, news);
  for (const reader of readers) reader.tell(news);
}

function quit() {
  leaving = true;
  http.close();
  for (const reader of readers) reader.pump();
  // For who doesn't answer; when all have left, Node ends by itself.
  setTimeout(() => process.exit(), 2 * idle).unref();
}

/** The content as text, or why not. */
function read(request, done) {
  const chunks = [];
  let length = 0;
  request.on("data", (chunk) => {
    length += chunk.length;
    if (length <= LONGEST) chunks.push(chunk);
  });
  request.on("end", () => {
    if (length > LONGEST) return done(413);
    try {
      done(204, new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
    } catch {
      done(400);
    }
  });
}

function refuse(socket, status) {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** `/ws/weather` in two, the second if there is one. */
function split(path) {
  return path.split("/").slice(1);
}

function isTopic(topic) {
  return topic === undefined || (/^[a-z0-9-]{1,32}$/.test(topic) && topic !== "missed");
}

function mayNotify(request) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  return scheme.toLowerCase() === "bearer" && values.token !== undefined && token === values.token;
}

function mayListen(request) {
  const { origin } = request.headers;
  return origin === undefined || values.origin.includes(origin);
}

/** `300ms` or `2s`. */
function milliseconds(text) {
  return text.endsWith("ms") ? parseInt(text) : 1000 * parseInt(text);
}
