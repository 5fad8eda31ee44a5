"""Chapter 06's server in Python: frames by websockets, the rest by asyncio.

The server of websockets takes no POST, so its protocol is used without its
input and output: bytes in, events and bytes out.
"""

import argparse
import asyncio
import re
from collections import deque
from dataclasses import dataclass

from websockets.http11 import Request
from websockets.server import ServerProtocol

ROOM = 16  # notifications that one reader has not taken, at most
LONGEST = 65_536

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--token")
parser.add_argument("--origin", action="append", default=[])
parser.add_argument("--idle", default="10s")
options = parser.parse_args()
idle = float(options.idle.rstrip("ms")) / (1000 if options.idle.endswith("ms") else 1)  # seconds


@dataclass
class News:
    id: int
    topic: str
    text: str


number = 0
last: dict[str, News] = {}
readers: set["Reader"] = set()
leaving = asyncio.Event()


class Reader:
    """What one client has yet to be told."""

    def __init__(self, topic: str | None, seen: int = 0):
        self.topic = topic
        begin = sorted(last.values(), key=lambda news: news.id)
        self.queue = deque(news for news in begin if news.id > seen and self.wants(news))
        self.missed = 0
        self.wake = asyncio.Event()
        readers.add(self)

    def wants(self, news: News) -> bool:
        return self.topic in (None, news.topic)

    def tell(self, news: News) -> None:
        if self.wants(news):
            if len(self.queue) >= ROOM:
                self.queue.popleft()
                self.missed += 1
            self.queue.append(news)
            self.wake.set()

    async def next(self) -> News | None:
        while not self.missed and not self.queue:
            if leaving.is_set():
                return None
            self.wake.clear()
            await self.wake.wait()
        if self.missed:
            missed, self.missed = self.missed, 0
            return News(0, "missed", str(missed))
        return self.queue.popleft()


async def talk(input: asyncio.StreamReader, output: asyncio.StreamWriter) -> None:
    """One connection: requests, until it ends or speaks something else."""
    try:
        while await answer(input, output):
            await output.drain()
        await asyncio.wait_for(output.drain(), idle)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    except TimeoutError:
        output.transport.abort()
    finally:
        output.close()


async def answer(input: asyncio.StreamReader, output: asyncio.StreamWriter) -> bool:
    """One request; whether another may follow."""
    head = await input.readuntil(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, target, _ = start.split(" ")
    headers: dict[str, str] = {}
    for name, _, value in (line.partition(":") for line in lines):
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    _, path, *rest = target.partition("?")[0].split("/")
    topic = rest[0] if rest else None
    well_named = topic is None or (re.fullmatch("[a-z0-9-]{1,32}", topic) and topic != "missed")

    def say(status: str, *more: str) -> bool:
        stays = status.startswith("204")
        lines = [f"HTTP/1.1 {status}", *more, *([] if stays else ["Content-Length: 0", "Connection: close"])]
        output.write("\r\n".join([*lines, "", ""]).encode())
        return stays

    match method, path:
        case "POST", "notify" | "quit" if not may_notify(headers):
            return say("401 Unauthorized", "WWW-Authenticate: Bearer")
        case "POST", "quit":
            leaving.set()
            return say("204 No Content")
        case "POST", "notify" if topic and well_named:
            length = int(headers.get("content-length", 0))
            content = await input.readexactly(length)
            if length > LONGEST:
                return say("413 Content Too Large")
            try:
                publish(topic, content.decode())
            except UnicodeDecodeError:
                return say("400 Bad Request")
            return say("204 No Content")
        case "GET", "ws" | "events" if headers.get("origin", options.origin[0]) not in options.origin:
            return say("403 Forbidden")
        case "GET", "ws" if well_named:
            await websocket(head, input, output, topic)
        case "GET", "events" if well_named:
            await events(headers, output, topic)
        case _:
            return say("404 Not Found")
    return False


def may_notify(headers: dict[str, str]) -> bool:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and options.token is not None and token == options.token


def publish(topic: str, text: str) -> None:
    global number
    number += 1
    last[topic] = News(number, topic, text)
    for reader in readers:
        reader.tell(last[topic])


async def websocket(head: bytes, input: asyncio.StreamReader, output: asyncio.StreamWriter, topic: str | None) -> None:
    reader = Reader(topic)
    protocol = ServerProtocol(max_size=LONGEST)

    def hand_over() -> None:
        for data in protocol.data_to_send():
            if data:
                output.write(data)

    async def listen() -> None:
        data = head
        while data:
            protocol.receive_data(data)
            for event in protocol.events_received():
                if isinstance(event, Request):
                    protocol.send_response(protocol.accept(event))
            hand_over()
            if protocol.close_expected():
                break
            data = await input.read(65_536)

    async def speak() -> None:
        while told := await reader.next():
            protocol.send_text(f"{told.topic}: {told.text}".encode())
            hand_over()
            await asyncio.wait_for(output.drain(), idle)
        protocol.send_close(1001)
        hand_over()
        await asyncio.sleep(idle)  # for the answer

    await race(reader, listen(), speak())


async def events(headers: dict[str, str], output: asyncio.StreamWriter, topic: str | None) -> None:
    seen = headers.get("last-event-id", "")
    reader = Reader(topic, int(seen) if seen.isdecimal() and int(seen) <= number else 0)
    head = ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-cache", "Connection: close"]
    if "origin" in headers:
        head.append(f"Access-Control-Allow-Origin: {headers['origin']}")
    output.write("\r\n".join([*head, "Vary: Origin", "", ""]).encode())

    async def speak() -> None:
        while told := await reader.next():
            lines = [f"event: {told.topic}", *(f"data: {line}" for line in told.text.split("\n"))]
            lines += [f"id: {told.id}"] if told.id else []
            output.write("\n".join([*lines, "", ""]).encode())
            await asyncio.wait_for(output.drain(), idle)

    await race(reader, speak(), output.wait_closed())


async def race(reader: Reader, *sides) -> None:
    """Whichever side ends first, ends the conversation."""
    tasks = [asyncio.create_task(side) for side in sides]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        readers.discard(reader)
        for task in tasks:
            task.cancel()


async def main() -> None:
    clients: set[asyncio.Task] = set()

    async def client(input: asyncio.StreamReader, output: asyncio.StreamWriter) -> None:
        clients.add(asyncio.current_task())
        try:
            await talk(input, output)
        finally:
            clients.discard(asyncio.current_task())

    server = await asyncio.start_server(client, "127.0.0.1", options.port, limit=2 * LONGEST)
    port = server.sockets[0].getsockname()[1]
    options.origin += [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    print(f"listening on ws://127.0.0.1:{port}", flush=True)
    await leaving.wait()
    server.close()
    for reader in list(readers):
        reader.wake.set()
    deadline = asyncio.get_running_loop().time() + 2 * idle
    while readers and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.01)
    for task in clients:
        task.cancel()


asyncio.run(main())
