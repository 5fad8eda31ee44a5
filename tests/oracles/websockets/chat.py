"""Chapter 07's chat in Python, on websockets."""

import argparse
import asyncio
import json
import re
from collections import deque
from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

LONGEST = 16_384  # bytes of a text
MOST_ROOMS = 8
HISTORY = 10
OUTBOX = 64  # messages that one client has not taken, at most

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--origin", action="append", default=[])
parser.add_argument("--idle", default="10s")
options = parser.parse_args()
idle = float(options.idle.rstrip("ms")) / (1000 if options.idle.endswith("ms") else 1)  # seconds


class Fault(Exception):
    pass


@dataclass
class Room:
    members: dict[str, "Client"] = field(default_factory=dict)
    history: deque = field(default_factory=lambda: deque(maxlen=HISTORY))


rooms: dict[str, Room] = {}


class Client:
    """One connection: its names by room, and what it has yet to be told."""

    def __init__(self) -> None:
        self.nicks: dict[str, str] = {}
        self.outbox: deque[str] = deque()
        self.slow = False
        self.wake = asyncio.Event()

    def put(self, text: str) -> None:
        if self.slow:
            return
        if len(self.outbox) < OUTBOX:
            self.outbox.append(text)
        else:
            self.slow = True
            self.gone()
        self.wake.set()

    async def next(self) -> str | None:
        while not self.outbox:
            if self.slow:
                return None
            self.wake.clear()
            await self.wake.wait()
        return self.outbox.popleft()

    def hear(self, text: str) -> None:
        if self.slow:
            return
        try:
            match parse(text):
                case ["join", room, nick]:
                    self.join(room, nick)
                case ["say", room, text]:
                    self.say(room, text)
                case ["leave", room]:
                    self.leave(room)
        except Fault as fault:
            tell([self], "error", str(fault))

    def join(self, room: str, nick: str) -> None:
        if room in self.nicks:
            raise Fault("in-room")
        if len(self.nicks) == MOST_ROOMS:
            raise Fault("too-many-rooms")
        there = rooms.setdefault(room, Room())
        if nick in there.members:
            raise Fault("taken")
        tell(there.members.values(), "joined", room, nick)
        there.members[nick] = self
        self.nicks[room] = nick
        tell([self], "room", room, sorted(there.members), list(there.history))

    def say(self, room: str, text: str) -> None:
        if room not in self.nicks:
            raise Fault("not-in-room")
        there, nick = rooms[room], self.nicks[room]
        there.history.append([nick, text])
        tell(there.members.values(), "said", room, nick, text)

    def leave(self, room: str) -> None:
        if room not in self.nicks:
            raise Fault("not-in-room")
        there, nick = rooms[room], self.nicks.pop(room)
        everybody = list(there.members.values())
        del there.members[nick]
        if not there.members:
            del rooms[room]
        tell(everybody, "left", room, nick)

    def gone(self) -> None:
        for room in list(self.nicks):
            self.leave(room)


told: deque[tuple[list[Client], str]] = deque()  # what is yet to be put into outboxes


def tell(clients, *event) -> None:
    """What comes of telling it is told behind it: so all hear one order."""
    told.append((list(clients), json.dumps(event)))
    if len(told) > 1:
        return  # Somebody is at it.
    while told:
        clients, text = told[0]
        for client in clients:
            client.put(text)
        told.popleft()


def parse(text: str) -> list[str]:
    """The words of a command, or a fault."""
    try:
        words = json.loads(text)
    except ValueError:
        raise Fault("bad-message") from None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Fault("bad-message")
    match words:
        case ["join", room, nick]:
            names = [room, nick]
        case ["say", _, text] if len(text.encode()) > LONGEST:
            raise Fault("too-long")
        case ["say", room, _] | ["leave", room]:
            names = [room]
        case _:
            raise Fault("bad-message")
    if not all(re.fullmatch("[a-z0-9-]{1,16}", name) for name in names):
        raise Fault("bad-name")
    return words


async def talk(socket: ServerConnection) -> None:
    client = Client()
    tasks = [asyncio.create_task(listen(socket, client)), asyncio.create_task(speak(socket, client))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        client.gone()
        for task in tasks:
            task.cancel()


async def listen(socket: ServerConnection, client: Client) -> None:
    async for message in socket:
        if isinstance(message, bytes):
            client.gone()
            await socket.close(1003)
        else:
            client.hear(message)


async def speak(socket: ServerConnection, client: Client) -> None:
    try:
        while (text := await client.next()) is not None:
            await asyncio.wait_for(socket.send(text), idle)
        await socket.close(1013)
    except TimeoutError:
        socket.transport.abort()
    except ConnectionClosed:
        pass


async def main() -> None:
    origins: list[str | None] = [None, *options.origin]
    limits = {"max_size": 8 * LONGEST, "close_timeout": 1}
    async with serve(talk, "127.0.0.1", options.port, origins=origins, compression=None, **limits) as server:
        port = server.sockets[0].getsockname()[1]
        origins += [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await server.serve_forever()


asyncio.run(main())
