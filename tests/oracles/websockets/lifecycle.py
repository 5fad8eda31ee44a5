"""Chapter 04's server in Python, on websockets."""

import argparse
import asyncio
import os
import sys


def seconds(text: str) -> float:
    """`300ms` or `2s`."""
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--ping-every", type=seconds, default="20s")
parser.add_argument("--idle", type=seconds, default="60s")
parser.add_argument("--max-message", type=int, default=16 * 1024 * 1024)
parser.add_argument("--max-fragments", type=int, help="the library limits their size")
parser.add_argument("--max-head", default="8192")
flags = parser.parse_args()

# The library limits lines, not heads, and reads its limit when it is imported.
os.environ["WEBSOCKETS_MAX_LINE_LENGTH"] = flags.max_head

from websockets.asyncio.server import ServerConnection, serve  # noqa: E402
from websockets.exceptions import ConnectionClosed  # noqa: E402

FAREWELL = 1  # second


class Connection(ServerConnection):
    """A connection that knows when something last came, be it half a frame."""

    def data_received(self, data: bytes) -> None:
        self.heard = asyncio.get_running_loop().time()
        super().data_received(data)


async def keep_alive(socket: Connection) -> None:
    """Pings a silent client; says goodbye to one that stays silent."""
    now = pinged = asyncio.get_running_loop().time()
    waiting = 0
    while now < socket.heard + flags.idle:
        ping = max(socket.heard, pinged) + flags.ping_every
        if now >= ping:
            await socket.ping()
            pinged = now
            ping = now + flags.ping_every
        # What the client takes is a sign of life too; the library doesn't tell, so
        # this looks, four times in the time that is allowed.
        look = now + flags.idle / 4
        await asyncio.sleep(min(ping, socket.heard + flags.idle, look) - now)
        now = asyncio.get_running_loop().time()
        before, waiting = waiting, socket.transport.get_write_buffer_size()
        if waiting < before:
            socket.heard = now
    # A client that takes nothing doesn't take the Close either.
    await asyncio.wait([asyncio.create_task(socket.close(1001))], timeout=FAREWELL)
    socket.transport.abort()


async def converse(socket: Connection) -> None:
    """Every message goes back."""
    watch = asyncio.create_task(keep_alive(socket))
    try:
        async for message in socket:
            await socket.send(message)
    except ConnectionClosed as closed:
        print(closed, file=sys.stderr)
    finally:
        watch.cancel()


async def main() -> None:
    server = serve(
        converse,
        "127.0.0.1",
        flags.port,
        create_connection=Connection,
        compression=None,
        open_timeout=min(flags.idle, 10),
        close_timeout=FAREWELL,
        ping_interval=None,
        max_size=flags.max_message,
    )
    async with server as listening:
        port = listening.sockets[0].getsockname()[1]
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await listening.serve_forever()


asyncio.run(main())
