"""Chapter 01's server in Python, on websockets."""

import argparse
import asyncio

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

TICK = 0.005  # seconds
CHUNK = bytes(65_536)
WAITING = 16  # answers, at most; when there are so many, nothing more is read


async def stream(socket: ServerConnection) -> None:
    """Sends a tick every few milliseconds."""
    number = 0
    while True:
        await socket.send(f"tick {number}")
        number += 1
        await asyncio.sleep(TICK)


async def flood(socket: ServerConnection) -> None:
    """Sends chunks as fast as the client takes them: `send` waits for it."""
    while True:
        await socket.send(CHUNK)


async def speak(socket: ServerConnection, answers: asyncio.Queue) -> None:
    """Sends what is to be said, so that the reading need not wait for it."""
    while True:
        await socket.send(await answers.get())


async def end(task: asyncio.Task | None) -> None:
    """Cancels a task and waits until it has ended."""
    if task:
        task.cancel()
        await asyncio.wait([task])


async def listen(socket: ServerConnection, answers: asyncio.Queue, tasks: asyncio.TaskGroup) -> None:
    """Reads what comes up, until the client closes."""
    running = None  # the task of a stream or a flood
    came_up = 0
    async for message in socket:
        if not running and message in ("stream", "flood"):
            came_up = 0
            running = tasks.create_task({"stream": stream, "flood": flood}[message](socket))
        elif running and message == "stop":
            await end(running)
            running = None
            await answers.put(f"stopped: {came_up} bytes came up")
        elif running and isinstance(message, bytes):
            came_up += len(message)
        else:
            await answers.put(message)
    await end(running)


async def converse(socket: ServerConnection) -> None:
    """One client: a task reads, another speaks; when one fails, the group ends both."""
    answers = asyncio.Queue(WAITING)
    await answers.put("hello")
    try:
        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(speak(socket, answers))
            await listen(socket, answers, tasks)
            await end(speaking)
    except* ConnectionClosed:
        pass


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    port = parser.parse_args().port
    async with serve(converse, "127.0.0.1", port) as server:
        print(f"listening on ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


asyncio.run(main())
