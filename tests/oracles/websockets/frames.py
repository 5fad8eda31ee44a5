"""Chapter 03's codec in Python: the frames and the sans-I/O Protocol of websockets."""

import argparse
import codecs
import hashlib
import json
import sys

from websockets import frames
from websockets.exceptions import ProtocolError
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.protocol import CLIENT, SERVER, Protocol

KINDS = {"continue": Opcode.CONT} | {opcode.name.lower(): opcode for opcode in Opcode}


def encode(options: argparse.Namespace) -> None:
    """Prints the bytes of one frame."""
    if options.mask:
        # The library draws its keys; this one is dictated.
        frames.secrets.token_bytes = lambda _: bytes.fromhex(options.mask)
    word = options.said[0] if options.said else ""
    if options.kind == "close":
        code, reason = int(word or 0), "".join(options.said[1:])
        payload = Close(code, reason).serialize() if options.said else b""
    else:
        payload = bytes.fromhex(word) if options.kind == "binary" else word.encode()
    if options.length:
        payload = (payload * options.length)[: options.length]
    frame = Frame(KINDS[options.kind], payload, fin=not options.more)
    try:
        frame.check()
    except ProtocolError as error:
        sys.exit(f"{error}")
    print(dissected(frame.serialize(mask=bool(options.mask))))


class Messages:
    """Joins frames: in the library each of its front ends does that."""

    def __init__(self) -> None:
        self.text = False
        self.parts = []
        self.decoder = None

    def add(self, frame: Frame) -> str | None:
        """What is to be said of this frame, if its message is whole."""
        if frame.opcode is not Opcode.CONT:
            self.text = frame.opcode is Opcode.TEXT
            self.parts = []
            self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.parts.append(bytes(frame.data))
        if self.text:
            self.decoder.decode(self.parts[-1], final=frame.fin)
        if not frame.fin:
            return None
        whole = b"".join(self.parts)
        return f"text {text(whole)}" if self.text else f"binary {summed_up(whole)}"


def decode(options: argparse.Namespace) -> None:
    """Prints what the bytes on standard input say."""
    protocol = Protocol(CLIENT if options.client else SERVER, max_size=options.max_message)
    messages = Messages()
    for line in sys.stdin:
        protocol.receive_data(bytes.fromhex(line))
        for frame in protocol.events_received():
            try:
                said = heard(frame, messages)
            except UnicodeDecodeError as error:
                fail(CloseCode.INVALID_DATA, error)
            if said:
                print(said.strip())
        if protocol.parser_exc:
            fail(protocol.close_sent.code, protocol.parser_exc)


def heard(frame: Frame, messages: Messages) -> str | None:
    """What a frame says; of a fragment, nothing yet."""
    match frame.opcode:
        case Opcode.PING | Opcode.PONG:
            return f"{frame.opcode.name.lower()} {spelt(bytes(frame.data))}"
        case Opcode.CLOSE:
            data = bytes(frame.data)
            code = int.from_bytes(data[:2]) if data else ""
            return f"close {code} {spelt(data[2:])}"
        case _:
            return messages.add(frame)


def fail(code: int, error: Exception) -> None:
    """The connection would be failed with this code."""
    print(f"fail {int(code)}")
    sys.exit(f"{error}")


def text(data: bytes) -> str:
    """In quotes, unless it is long."""
    return summed_up(data) if len(data) > 256 else json.dumps(data.decode(), ensure_ascii=False)


def spelt(data: bytes) -> str:
    """As text if it is one, else in hex."""
    try:
        return json.dumps(data.decode(), ensure_ascii=False) if data else ""
    except UnicodeDecodeError:
        return summed_up(data)


def summed_up(data: bytes) -> str:
    """In hex; if it is long, its length and digest."""
    if len(data) <= 32:
        return data.hex(" ")
    return f"({len(data)} bytes, sha1 {hashlib.sha1(data).hexdigest()[:8]})"


def dissected(frame: bytes) -> str:
    """The header in hex, and the payload summed up."""
    header = {126: 4, 127: 10}.get(frame[1] & 0x7F, 2) + (4 if frame[1] & 0x80 else 0)
    return f"{frame[:header].hex(' ')} {summed_up(frame[header:])}".strip()


def main() -> None:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    encoder = commands.add_parser("encode")
    encoder.set_defaults(run=encode)
    encoder.add_argument("kind", choices=KINDS)
    encoder.add_argument("said", nargs="*")
    encoder.add_argument("--more", action="store_true")
    encoder.add_argument("--length", type=int)
    encoder.add_argument("--mask")
    decoder = commands.add_parser("decode")
    decoder.set_defaults(run=decode)
    decoder.add_argument("--client", action="store_true")
    decoder.add_argument("--max-message", type=int, default=2**24)
    decoder.add_argument("--max-fragments", type=int)
    options = parser.parse_args()
    options.run(options)


main()
