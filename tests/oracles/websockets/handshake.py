"""Chapter 02's server in Python, on websockets."""

import argparse
import asyncio
import os
import sys


def seconds(text: str) -> float:
    """`300ms` or `2s`."""
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text[:-1])


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--origin", action="append", default=[])
parser.add_argument("--subprotocol", action="append", default=[])
parser.add_argument("--max-head", default="8192")
parser.add_argument("--idle", type=seconds, default="10s")
parser.add_argument("command", nargs="*", help="accept KEY")
flags = parser.parse_args()

# The library limits lines, not heads, and reads its limit when it is imported.
os.environ["WEBSOCKETS_MAX_LINE_LENGTH"] = flags.max_head

from websockets.asyncio.server import ServerConnection, serve  # noqa: E402
from websockets.utils import accept_key  # noqa: E402


async def echo(socket: ServerConnection) -> None:
    """Every message goes back."""
    async for message in socket:
        await socket.send(message)


async def main() -> None:
    server = serve(
        echo,
        "127.0.0.1",
        flags.port,
        # `None` among the origins: a client may name none.
        origins=[*flags.origin, None] if flags.origin else None,
        subprotocols=flags.subprotocol or None,
        compression=None,
        open_timeout=flags.idle,
    )
    async with server as listening:
        port = listening.sockets[0].getsockname()[1]
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await listening.serve_forever()


if flags.command:
    print(accept_key(flags.command[1]))
    sys.exit()
asyncio.run(main())
