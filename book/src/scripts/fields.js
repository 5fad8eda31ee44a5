// What each bit of a frame says, and which rule it breaks: field by field, as `cargo workbook dissect` explains it.
// No DOM here.
"use strict";

{
    const { BINARY, CLOSE, CONTINUATION, TEXT, mask, mayBeSent, notUtf8, text } = sp.frame;

    /**
     * The frames in these bytes, one after the other, as `from` sends them: "client" or "server". Each has its fields,
     * which cover its bits once and in order; what of it is missing; and what it is to the frames before it.
     */
    function* frames(bytes, from) {
        const voice = { message: null, closed: false };
        for (let at = 0; at < bytes.length; ) {
            const frame = read(bytes.subarray(at));
            const fields = fieldsOf(frame, from);
            const note = hear(voice, frame, fields);
            yield { at, bytes: frame.bytes, summary: summary(frame), fields, note, missing: missing(frame) };
            at += frame.bytes.length;
        }
    }

    /** The frame at the front of the bytes, as much of it as is there. */
    function read(bytes) {
        const [first, second = 0] = bytes;
        const short = second & 0x7f;
        const extended = { 126: 2, 127: 8 }[short] ?? 0;
        const lengthEnds = 2 + extended;
        let length = null; // not known yet
        if (bytes.length >= lengthEnds) {
            const digits = extended > 0 ? bytes.subarray(2, lengthEnds) : [short];
            length = digits.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        }
        const masked = (second & 0x80) !== 0;
        const head = lengthEnds + (masked ? 4 : 0);
        const end = Math.min(head + Number(length ?? 0n), bytes.length);
        let payload = bytes.subarray(head, Math.max(head, end));
        if (masked) payload = mask(payload, bytes.subarray(head - 4, head));
        return {
            bytes: bytes.subarray(0, end),
            fin: (first & 0x80) !== 0,
            rsv: (first >> 4) & 7,
            opcode: first & 0x0f,
            control: (first & 0x08) !== 0,
            masked,
            short,
            extended,
            length,
            lengthEnds,
            head,
            payload,
            code: (first & 0x0f) === CLOSE && payload.length >= 2 ? (payload[0] << 8) | payload[1] : null,
        };
    }

    /** A field lies in the bits `from` to `to` of its frame. */
    const field = (key, name, from, to, rest = {}) => {
        return { key, name, from, to, value: "", says: "", clause: "", faults: [], ...rest };
    };
    const breaks = ({ faults }, says, clause, close = 1002) => faults.push({ says, clause, close });

    function fieldsOf(frame, from) {
        const here = frame.bytes.length;
        const fields = [fin(frame), rsv(frame), opcode(frame)];
        if (here >= 2) fields.push(masking(frame, from), length(frame));
        if (frame.masked && here > frame.lengthEnds) {
            const says = "byte i of the payload is XORed with byte i mod 4 of the key";
            const [start, end] = [frame.lengthEnds * 8, Math.min(here, frame.head) * 8];
            fields.push(field("key", "masking key", start, end, { says, clause: "RFC 6455 §5.3" }));
        }
        if (frame.code !== null) fields.push(closeCode(frame));
        const at = frame.head + (frame.code === null ? 0 : 2);
        if (at < here) fields.push(payload(frame, at));
        return fields;
    }

    function fin({ fin, control, opcode }) {
        const says =
            fin && control ? "a control frame is whole, never a fragment"
            : fin && opcode === CONTINUATION ? "the last fragment of its message"
            : fin ? "the first fragment of its message is also the last"
            : control ? "a fragment, which a control frame must not be"
            : "more fragments of this message follow";
        const clause = control ? "RFC 6455 §5.5" : "RFC 6455 §5.4";
        const of = field("fin", "FIN", 0, 1, { value: `${Number(fin)}`, says, clause });
        if (control && !fin) breaks(of, "a control frame in fragments", "RFC 6455 §5.5");
        return of;
    }

    function rsv({ rsv }) {
        const of = field("rsv", "RSV1 to RSV3", 1, 4, { clause: "RFC 6455 §5.2" });
        if (rsv === 0) {
            of.value = "0";
            of.says = "reserved for extensions, and none was agreed on";
            return of;
        }
        of.says = "a bit is set though no extension was agreed on, so the receiver fails the connection";
        const set = ["RSV1", "RSV2", "RSV3"].filter((_, i) => rsv & (4 >> i));
        breaks(of, `${set.join(" and ")} set for no extension`, "RFC 6455 §5.2");
        return of;
    }

    const OPCODES = {
        0: "continuation of the message that is under way",
        1: "text, in UTF-8",
        2: "binary",
        8: "close",
        9: "ping",
        10: "pong",
    };

    function opcode({ opcode }) {
        const says = OPCODES[opcode] ?? "reserved, so the receiver fails the connection";
        const of = field("opcode", "opcode", 4, 8, { value: `${opcode}`, says, clause: "RFC 6455 §5.2" });
        if (!(opcode in OPCODES)) breaks(of, "a reserved opcode", "RFC 6455 §5.2");
        return of;
    }

    function masking({ masked }, from) {
        const wrong = masked === (from === "server");
        const says =
            masked && wrong ? "masked, which a server's frame must not be"
            : masked ? "masked, as each frame of a client must be"
            : wrong ? "not masked, so the server must close the connection"
            : "not masked, as each frame of a server must be";
        const of = field("mask", "MASK", 8, 9, { value: `${Number(masked)}`, says, clause: "RFC 6455 §5.1" });
        const fault = masked ? "a masked frame from a server" : "an unmasked frame from a client";
        if (wrong) breaks(of, fault, "RFC 6455 §5.1");
        return of;
    }

    function length({ bytes, short, extended, length, lengthEnds, control, opcode }) {
        const of = field("length", "payload length", 9, Math.min(bytes.length, lengthEnds) * 8, {
            value: `${short}`,
            says: extended > 0 ? `the length is in the next ${extended} bytes` : "",
            clause: "RFC 6455 §5.2",
        });
        if (length === null) return of;
        if (extended > 0) of.says += `: ${length}`;
        if ((extended === 2 && length < 126n) || (extended === 8 && length < 0x10000n)) {
            of.says += "; a shorter form would do, and the shortest is required";
            breaks(of, "a length that is not in its shortest form", "RFC 6455 §5.2");
        }
        if (length >> 63n) breaks(of, "a length whose highest bit is set", "RFC 6455 §5.2");
        if (control && length > 125n) breaks(of, "a control frame of more than 125 bytes", "RFC 6455 §5.5");
        if (opcode === CLOSE && length === 1n) breaks(of, "a close of 1 byte: a code takes 2", "RFC 6455 §5.5.1");
        return of;
    }

    function closeCode({ code, head }) {
        const of = field("code", "close code", head * 8, (head + 2) * 8, {
            value: `${code}`,
            says: closeSays(code),
            clause: "RFC 6455 §5.5.1, §7.4.1",
        });
        if (!mayBeSent(code)) breaks(of, `${code} is no code to send`, "RFC 6455 §7.4");
        return of;
    }

    const CODES = {
        1000: "normal closure",
        1001: "going away",
        1002: "protocol error",
        1003: "a kind of data that is not accepted",
        1007: "data that doesn't fit its type",
        1008: "against a policy",
        1009: "message too big",
        1010: "the server didn't agree to an extension that the client needs",
        1011: "the server met an unexpected condition",
        1012: "the service restarts",
        1013: "try again later",
        1014: "a gateway got a bad answer",
    };

    function closeSays(code) {
        if (code in CODES) return CODES[code];
        if (3000 <= code && code <= 3999) return "registered by a library or an application";
        if (4000 <= code && code <= 4999) return "private to the application";
        return "not to be sent";
    }

    function payload(frame, at) {
        const said = frame.payload.subarray(at - frame.head);
        const name = frame.masked ? "payload, unmasked" : "payload";
        const value = spoken(said, isNoText(frame, said));
        const of = field("payload", name, at * 8, frame.bytes.length * 8, { value });
        const stop = frame.code === null ? null : notUtf8(said);
        if (stop && (missing(frame) === null || !stop.half)) {
            breaks(of, `the reason is not UTF-8 at its byte ${stop.at}`, "RFC 6455 §5.5.1", 1007);
        }
        return of;
    }

    /** Binary data, or the one half of a code. */
    const isNoText = ({ opcode, code }, said) =>
        opcode === BINARY || (opcode === CLOSE && said.length === 1 && code === null);

    /** What of the frame has not come, in words; `null` if it is whole. */
    function missing({ bytes, length, lengthEnds, head, payload }) {
        const here = bytes.length;
        const missingOf = (missing, of) => `${missing} of ${of} ${missing === 1n ? "is" : "are"} missing`;
        const part = (start, end, what) => {
            const [total, missing] = [end - start, end - Math.max(here, start)];
            if (missing === total) return `${what} is missing`;
            return missingOf(BigInt(missing), `the ${total} bytes of ${what}`);
        };
        if (here < 2) return "all behind the first byte is missing";
        if (length === null) return part(2, lengthEnds, "the extended length");
        if (here < head) return part(lengthEnds, head, "the masking key");
        const rest = length - BigInt(payload.length);
        return rest === 0n ? null : missingOf(rest, count(length, "payload byte"));
    }

    /** The frame in a line. */
    function summary(frame) {
        const names = { 0: "continue", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong" };
        const words = [names[frame.opcode] ?? `opcode 0x${frame.opcode.toString(16)}`];
        if (!frame.fin) words.push("more");
        if (frame.code !== null) words.push(frame.code);
        const said = frame.payload.subarray(frame.code === null ? 0 : 2);
        if (said.length > 0 || frame.opcode === TEXT) words.push(spoken(said, isNoText(frame, said)));
        if (frame.masked) words.push("masked");
        return words.join(" ");
    }

    /** Holds a frame against those before it; says what it is to its message. */
    function hear(voice, frame, fields) {
        const { opcode, fin } = frame;
        if (voice.closed) breaks(fields[2], "a frame behind a close", "RFC 6455 §5.5.1", null);
        if (opcode === CLOSE) voice.closed = true;
        if (opcode === CONTINUATION && !voice.message) breaks(fields[2], "a continuation of nothing", "RFC 6455 §5.4");
        const starts = opcode === TEXT || opcode === BINARY;
        if (starts && voice.message) breaks(fields[2], "a new message inside a fragmented one", "RFC 6455 §5.4");
        if (starts) voice.message = { opcode, fragments: 0, bytes: new Uint8Array(), valid: 0, refused: false };
        else if (opcode !== CONTINUATION || !voice.message) return null;

        const { message } = voice;
        message.fragments += 1;
        message.bytes = Uint8Array.from([...message.bytes, ...frame.payload]);
        const fault = notText(message, fin && missing(frame) === null);
        // An empty last fragment has no payload to blame.
        if (fault) breaks(fields.at(-1), fault, "RFC 6455 §8.1", 1007);
        if (fin) voice.message = null;
        const kind = message.opcode === TEXT ? "text" : "binary";
        if (!fin) return `fragment ${message.fragments} of a ${kind} message`;
        if (message.fragments === 1) return null;
        const whole = spoken(message.bytes, message.opcode === BINARY);
        return `fragment ${message.fragments}, the last; the message is ${kind} ${whole}`;
    }

    /** What is wrong with a message as a text, said once. */
    function notText(message, ends) {
        if (message.opcode !== TEXT || message.refused) return null;
        const stop = notUtf8(message.bytes.subarray(message.valid));
        message.valid = stop ? message.valid + stop.at : message.bytes.length;
        if (!stop || (stop.half && !ends)) return null;
        message.refused = true;
        const at = message.valid;
        return stop.half
            ? `the text ends inside the character that begins at its byte ${at}`
            : `byte ${at} of the text, ${hex([message.bytes[at]])}, is not UTF-8`;
    }

    /** The bits of a field whose first byte it shares with others: `.000 0101`. */
    function drawn({ from, to }, bytes) {
        const first = Math.floor(from / 8);
        if (from % 8 === 0 && to >= (first + 1) * 8) return null;
        const bits = Array.from({ length: 8 }, (_, i) => {
            const at = first * 8 + i;
            return from <= at && at < to ? (bytes[first] >> (7 - i)) & 1 : ".";
        });
        return `${bits.slice(0, 4).join("")} ${bits.slice(4).join("")}`;
    }

    /** `1 byte`, `2 bytes`. */
    const count = (n, noun) => (Number(n) === 1 ? `${n} ${noun}` : `${n} ${noun}s`);

    /** `37 fa 21 3d`. */
    const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

    /** Bytes in a line: quoted if they are text, else in hex; of many, the first. */
    function spoken(bytes, binary) {
        const size = () => `… (${count(bytes.length, "byte")})`;
        if (binary || notUtf8(bytes)) return hex(bytes.slice(0, 8)) + (bytes.length > 8 ? size() : "");
        const characters = [...text(bytes)];
        return quoted(characters.slice(0, 120).join("")) + (characters.length > 120 ? size() : "");
    }

    /** A text as Rust writes it: what would not be seen is escaped. */
    function quoted(string) {
        const short = { "\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\" };
        const unseen = /[\p{C}\p{Z}\p{Grapheme_Extend}"\\]/gu;
        const escape = (c) => (c === " " ? c : (short[c] ?? `\\u{${c.codePointAt(0).toString(16)}}`));
        return `"${string.replace(unseen, escape)}"`;
    }

    (globalThis.sp ??= {}).fields = { frames, drawn, count, hex, spoken, quoted };
}
