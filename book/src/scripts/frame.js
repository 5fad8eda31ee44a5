// The frames of RFC 6455 §5, as a codec that does no I/O: chapter 03's lesson in JavaScript. No DOM here.
// Messages in, bytes out: `encode`. Bytes in, in any pieces, messages out: `Decoder`.
"use strict";

{
    const CONTINUATION = 0x0;
    const TEXT = 0x1;
    const BINARY = 0x2;
    const CLOSE = 0x8;
    const PING = 0x9;
    const PONG = 0xa;

    /** How much a decoder takes in for one message (§10.4). */
    const LIMITS = { maxMessage: 16 * 1024 * 1024, maxFragments: 128 * 1024 };

    /** Each rule that a frame can break: the close code that tells the peer, and what is wrong. */
    const RULES = {
        ReservedBits: [1002, "a reserved bit is set", "RFC 6455 §5.2"],
        ReservedOpcode: [1002, "the opcode is reserved", "RFC 6455 §5.2"],
        Unmasked: [1002, "a client's frame is not masked", "RFC 6455 §5.1"],
        Masked: [1002, "a server's frame is masked", "RFC 6455 §5.1"],
        LengthNotMinimal: [1002, "the length is not in its shortest form", "RFC 6455 §5.2"],
        LengthTooLarge: [1002, "the length is 2^63 or more", "RFC 6455 §5.2"],
        FragmentedControl: [1002, "a control frame is fragmented", "RFC 6455 §5.5"],
        ControlTooLong: [1002, "a control frame exceeds 125 bytes", "RFC 6455 §5.5"],
        NothingToContinue: [1002, "no message is under way to continue", "RFC 6455 §5.4"],
        MessageUnfinished: [1002, "the message under way has not ended", "RFC 6455 §5.4"],
        CloseTooShort: [1002, "a close has half a code", "RFC 6455 §5.5.1"],
        CloseCode: [1002, "the close code may not be sent", "RFC 6455 §7.4"],
        NotUtf8: [1007, "a text is not UTF-8", "RFC 6455 §8.1"],
        MessageTooLong: [1009, "the message is too long", "RFC 6455 §10.4"],
        TooManyFragments: [1009, "the message has too many fragments", "RFC 6455 §10.4"],
    };

    /** A rule of RFC 6455 is broken. */
    class Broken extends Error {
        constructor(rule) {
            const [code, says, clause] = RULES[rule];
            super(`${says} (${clause})`);
            Object.assign(this, { rule, code, says, clause });
        }
    }

    /** Masks a payload, or takes the mask off again: the same operation (§5.3). `part` begins `offset` bytes in. */
    function mask(part, key, offset = 0) {
        return part.map((byte, i) => byte ^ key[(offset + i) % 4]);
    }

    /** One frame in bytes (§5.2). What nobody may send is not encoded. */
    function encode({ fin = true, opcode, key = null, payload }) {
        if (isControl(opcode)) checkControl(fin, payload.length);
        if (opcode === CLOSE) parseClose(payload);

        const { length } = payload;
        const extended = length < 126 ? 0 : length < 0x10000 ? 2 : 8;
        const short = { 0: length, 2: 126, 8: 127 }[extended];
        const header = 2 + extended + (key ? 4 : 0);
        const frame = new Uint8Array(header + length);
        const view = new DataView(frame.buffer);
        frame[0] = (fin ? 0x80 : 0) | opcode;
        frame[1] = (key ? 0x80 : 0) | short;
        if (extended === 2) view.setUint16(2, length); // the highest byte first
        if (extended === 8) view.setBigUint64(2, BigInt(length));
        if (key) frame.set(key, 2 + extended);
        frame.set(key ? mask(payload, key) : payload, header);
        return frame;
    }

    /** Takes the bytes that `from` sends ("client" or "server"), and gives the messages in them. */
    class Decoder {
        #head = []; // the header under way: at most 14 bytes
        #frame = null; // the frame under way, and how much of it is still to come
        #control = []; // the payload of a control frame under way: at most 125 bytes
        #message = null; // the message under way: its fragments may be far apart
        #ended = null; // why nothing more is decoded

        constructor(from, limits = LIMITS) {
            this.from = from;
            this.limits = limits;
        }

        /** The messages that these bytes make whole, one after the other. Throws `Broken`, then and ever after. */
        *decode(bytes) {
            if (this.#ended instanceof Broken) throw this.#ended;
            try {
                for (let at = 0; at < bytes.length && !this.#ended; ) {
                    if (this.#frame === null) {
                        // A byte at a time: so it does not matter in which pieces they come.
                        this.#head.push(bytes[at++]);
                        const header = parseHeader(this.#head, this.from);
                        if (header === null) continue;
                        this.#head = [];
                        this.#begin(header);
                        this.#frame = { ...header, taken: 0 };
                    }
                    at += this.#take(bytes.subarray(at));
                    const message = this.#finish();
                    if (message) yield message;
                }
            } catch (error) {
                this.#ended = error;
                throw error;
            }
        }

        /** A header has come: may it come now, and is there room for its payload? */
        #begin({ opcode, length }) {
            if (isControl(opcode)) return;
            if (opcode === CONTINUATION && !this.#message) throw new Broken("NothingToContinue");
            if (opcode !== CONTINUATION && this.#message) throw new Broken("MessageUnfinished");
            this.#message ??= { opcode, payload: [], fragments: 0, valid: 0 };
            this.#message.fragments += 1;
            if (this.#message.fragments > this.limits.maxFragments) throw new Broken("TooManyFragments");
            const room = this.limits.maxMessage - this.#message.payload.length;
            if (length > room) throw new Broken("MessageTooLong");
        }

        /** Takes what has come of the payload; says how much that was. */
        #take(bytes) {
            const { opcode, key, length, taken } = this.#frame;
            let part = bytes.subarray(0, Math.min(length - taken, bytes.length));
            if (key) part = mask(part, key, taken);
            const payload = isControl(opcode) ? this.#control : this.#message.payload;
            for (const byte of part) payload.push(byte);
            this.#frame.taken += part.length;
            return part.length;
        }

        /** The message that is whole now, if one is. */
        #finish() {
            const { opcode, fin, length, taken } = this.#frame;
            const whole = taken === length;
            if (whole) this.#frame = null;
            if (isControl(opcode)) {
                if (!whole) return null;
                const payload = Uint8Array.from(this.#control);
                this.#control = [];
                if (opcode !== CLOSE) return { opcode, payload };
                const close = parseClose(payload);
                this.#ended = "closed"; // nothing is said behind a close (§5.5.1)
                return { opcode, payload, ...close };
            }
            const message = this.#message;
            const ends = whole && fin;
            if (message.opcode === TEXT) {
                // The last character may still be under way; what is wrong already need not wait.
                const unread = Uint8Array.from(message.payload.slice(message.valid));
                const stop = notUtf8(unread);
                if (stop && (ends || !stop.half)) throw new Broken("NotUtf8");
                message.valid += stop ? stop.at : unread.length;
            }
            if (!ends) return null;
            this.#message = null;
            return { opcode: message.opcode, payload: Uint8Array.from(message.payload) };
        }
    }

    /** The header that these bytes are; `null` while they are only its beginning. */
    function parseHeader(bytes, from) {
        const [first, second] = bytes;
        if (first === undefined) return null;
        if (first & 0x70) throw new Broken("ReservedBits");
        const opcode = first & 0x0f;
        if (!KNOWN.includes(opcode)) throw new Broken("ReservedOpcode");
        const fin = (first & 0x80) !== 0;

        if (second === undefined) return null;
        const masked = (second & 0x80) !== 0;
        if (from === "client" && !masked) throw new Broken("Unmasked");
        if (from === "server" && masked) throw new Broken("Masked");
        const short = second & 0x7f;
        if (isControl(opcode)) checkControl(fin, short);

        const extended = { 126: 2, 127: 8 }[short] ?? 0;
        const end = 2 + extended;
        if (bytes.length < end) return null;
        let length = short;
        if (extended > 0) {
            // Beyond 2^53 it is not exact, and so long is no message.
            length = bytes.slice(2, end).reduce((sum, byte) => sum * 256 + byte, 0);
            if (length < (extended === 2 ? 126 : 0x10000)) throw new Broken("LengthNotMinimal");
            if (extended === 8 && bytes[2] & 0x80) throw new Broken("LengthTooLarge");
        }
        if (!masked) return { fin, opcode, key: null, length, size: end };
        if (bytes.length < end + 4) return null;
        return { fin, opcode, key: bytes.slice(end, end + 4), length, size: end + 4 };
    }

    const KNOWN = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG];
    const isControl = (opcode) => opcode >= CLOSE;

    /** A close, ping or pong is short, and in one piece (§5.5). */
    function checkControl(fin, length) {
        if (!fin) throw new Broken("FragmentedControl");
        if (length > 125) throw new Broken("ControlTooLong");
    }

    /** What the payload of a close says (§5.5.1): nothing, or a code and perhaps a reason. */
    function parseClose(payload) {
        if (payload.length === 0) return {};
        if (payload.length === 1) throw new Broken("CloseTooShort");
        const code = (payload[0] << 8) | payload[1];
        if (!mayBeSent(code)) throw new Broken("CloseCode");
        if (notUtf8(payload.subarray(2))) throw new Broken("NotUtf8");
        return { code, reason: text(payload.subarray(2)) };
    }

    /** 1005, 1006 and 1015 say what never was on the wire (§7.4); 1012 to 1014 came later, through the registry. */
    function mayBeSent(code) {
        const within = (low, high) => low <= code && code <= high;
        return within(1000, 1003) || within(1007, 1014) || within(3000, 4999);
    }

    /** The bytes of a text, and the text of bytes that are UTF-8; a byte order mark is a character like any other. */
    const bytesOf = (string) => new TextEncoder().encode(string);
    const text = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

    /** Where bytes stop being UTF-8 (RFC 3629 §4), and whether that is only half a character at their end. */
    function notUtf8(bytes) {
        for (let at = 0; at < bytes.length; ) {
            const first = bytes[at];
            // 80 to c1 begin nothing, and neither does what is above f4.
            const range = [0x80, 0xc2, 0xe0, 0xf0, 0xf5].findIndex((above) => first < above);
            if (range === 1 || range < 0) return { at, half: false };
            const length = Math.max(range, 1);
            for (let i = 1; i < length; i++) {
                if (at + i === bytes.length) return { at, half: true };
                // No long forms, no surrogates, nothing beyond U+10FFFF: the second byte tells.
                const low = i > 1 ? 0x80 : ({ 0xe0: 0xa0, 0xf0: 0x90 }[first] ?? 0x80);
                const high = i > 1 ? 0xbf : ({ 0xed: 0x9f, 0xf4: 0x8f }[first] ?? 0xbf);
                if (bytes[at + i] < low || bytes[at + i] > high) return { at, half: false };
            }
            at += length;
        }
        return null;
    }

    const OPCODES = { CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG };
    const codec = { Broken, mask, encode, Decoder, parseHeader, mayBeSent };
    (globalThis.sp ??= {}).frame = { ...OPCODES, ...codec, bytesOf, text, notUtf8 };
}
