"""Chapter 05's client in Python, on websockets."""

import argparse
import asyncio
import random
import re
import sys

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

parser = argparse.ArgumentParser()
parser.add_argument("target")
parser.add_argument("--subprotocol", action="append")
parser.add_argument("--send", action="append", default=[])
parser.add_argument("--heartbeat")
parser.add_argument("--ping-every", default="15s")
parser.add_argument("--base", default="5s")
parser.add_argument("--random", type=float)
options = parser.parse_args()


def seconds(text: str) -> float:
    """`300ms` or `2s`."""
    return float(text.rstrip("ms")) / (1000 if text.endswith("ms") else 1)


base = seconds(options.base)
ping_every = seconds(options.ping_every)
last: int | None = None  # the number of the last message that was printed
tries = 0  # connections in a row that brought no message


def delay(n: int, luck: float) -> float:
    return base * luck if n == 0 else base * 2 ** min(n, 4) * (1 + luck) / 2


def target(url: str) -> str:
    if last is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}after={last}"


def is_new(text: str) -> bool:
    global last
    number = re.match(r"(\d+) ", text)
    if number is None:
        return True
    if last is not None and int(number[1]) <= last:
        return False
    last = int(number[1])
    return True


def say(line: str) -> None:
    print(line, flush=True)


class Fails(Exception):
    """The server broke a rule."""


async def talk(socket: ClientConnection) -> None:
    """Until the connection ends. The library answers pings; it tells nobody of
    them, so only messages and pongs to our own pings count as a sign of life."""
    global tries
    for text in options.send:
        await socket.send(text)
    asked = None
    message = asyncio.create_task(socket.recv())
    try:
        while True:
            waiting = {message} if asked is None else {message, asked}
            done, _ = await asyncio.wait(waiting, timeout=ping_every, return_when=asyncio.FIRST_COMPLETED)
            if message in done:
                data = message.result()
                tries = 0
                if isinstance(data, bytes):
                    say(f"message ({len(data)} bytes)")
                elif is_new(data):
                    say(f"message {data}")
                message, asked = asyncio.create_task(socket.recv()), None
            elif asked in done:
                asked = None
            elif asked is not None:
                socket.transport.abort()
                return
            elif options.heartbeat is None:
                asked = asyncio.ensure_future(await socket.ping())
            else:
                await socket.send(options.heartbeat)
                asked = asyncio.get_running_loop().create_future()
    finally:
        message.cancel()


async def visit() -> int:
    """One connection; the code that it ended with."""
    opening = connect(
        target(options.target),
        subprotocols=options.subprotocol,
        compression=None,
        open_timeout=2 * ping_every,
        close_timeout=ping_every,
        ping_interval=None,
        proxy=None,
        process_exception=lambda error: error,
    )
    try:
        async with opening as socket:
            say(f"open {socket.subprotocol or ''}".rstrip())
            try:
                await talk(socket)
            except ConnectionClosed as closed:
                # We said it first, so it was we who found something wrong.
                if closed.sent and not closed.rcvd_then_sent and closed.sent.code != 1000:
                    raise Fails(closed.sent) from None
                return closed.rcvd.code if closed.rcvd else 1006
            return 1006
    except InvalidStatus as error:
        if error.response.status_code < 500:
            raise Fails(error) from None
    except InvalidMessage as error:
        if not isinstance(error.__cause__, EOFError):
            raise Fails(error) from None
    except InvalidHandshake as error:
        raise Fails(error) from None
    except (OSError, TimeoutError) as error:
        print(error, file=sys.stderr)
    return 1006


async def main() -> int:
    global tries
    while True:
        try:
            code = await visit()
        except Fails as error:
            print(error, file=sys.stderr)
            say("close 1006")
            return 1
        say(f"close {code}")
        if code == 1000:
            return 0
        if code in (1002, 1003, 1007, 1008, 1009, 1010):
            return 1
        wait = delay(tries, random.random())
        tries += 1
        await asyncio.sleep(wait)


if options.target == "delays":
    for n in range(7):
        luck = random.random() if options.random is None else options.random
        say(f"{round(1000 * delay(n, luck))}ms")
else:
    sys.exit(asyncio.run(main()))
