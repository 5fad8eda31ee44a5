// The frame workbench. A message becomes bytes; bytes, typed or pasted, become fields, and what a decoder hears.
"use strict";

{
    const { CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG } = sp.frame;
    const { Broken, Decoder, bytesOf, encode, mask, notUtf8, parseHeader, text } = sp.frame;
    const { count, drawn, frames, hex, quoted, spoken } = sp.fields;
    const { el, fromHex, list, row, someBytes } = sp.bench;

    /** More frames than this are counted, not shown. */
    const MOST_FRAMES = 16;

    /** Whether a payload of this kind is typed in hex, since it may be no text. */
    const isHex = (kind) => kind === BINARY || kind === CONTINUATION;
    const freshKey = () => crypto.getRandomValues(new Uint8Array(4));

    /** The bytes that the message in this form becomes: one frame, or several. Throws what keeps it from being sent. */
    function said({ opcode, payload, code, fin, masked, key, fragments }) {
        const kind = Number(opcode.value);
        let bytes = isHex(kind) ? fromHex(payload.value) : bytesOf(payload.value);
        if (kind === CLOSE && code.value !== "") {
            const number = Number(code.value);
            if (!/^\d+$/.test(code.value) || number > 0xffff) throw new Error("a code is a number of two bytes");
            bytes = Uint8Array.from([number >> 8, number & 0xff, ...bytes]);
        }
        const firstKey = fromHex(key.value);
        if (masked.checked && firstKey.length !== 4) throw new Error("a key has 4 bytes");
        const parts = Number(fragments.value);
        const size = Math.ceil(bytes.length / parts);
        const all = Array.from({ length: parts }, (_, i) =>
            encode({
                fin: i === parts - 1 && fin.checked,
                opcode: i === 0 ? kind : CONTINUATION,
                key: !masked.checked ? null : i === 0 ? firstKey : freshKey(), // each frame has its own (§5.3)
                payload: bytes.subarray(i * size, (i + 1) * size),
            }),
        );
        return Uint8Array.from(all.flatMap((frame) => [...frame]));
    }

    /** A frame opened: its bytes, and what each field says. */
    function piece({ bytes, summary, fields, note, missing }) {
        const fieldsAt = (at) => fields.filter(({ from, to }) => from < (at + 1) * 8 && at * 8 < to);
        const keys = (at) => fieldsAt(at).map(({ key }) => (key === "code" ? "payload code" : key)).join(" ");
        const bad = (at) => fieldsAt(at).some(({ faults }) => faults.length > 0);
        const rows = fields.map((field) => {
            const { key, name, from, to, value, says, clause, faults } = field;
            const words = [el("b", {}, name), value && ` ${value}`, says && `: ${says}`].filter(Boolean);
            const ours = bytes.subarray(Math.floor(from / 8), Math.ceil(to / 8));
            return { key, bits: drawn(field, bytes) ?? someBytes(hex(ours)), words, clause, faults };
        });
        const size = el("span", {}, count(bytes.length, "byte"));
        const line = el("p", { className: "sp-what" }, el("code", {}, summary), " ", size);
        const units = row(bytes.length, (at) => hex([bytes[at]]), keys, bad);
        const inside = el("div", { className: "sp-inside" }, units, list(rows));
        const item = el("li", {}, line, inside);
        if (note) inside.before(el("p", { className: "sp-aside" }, note));
        if (missing) inside.append(el("p", { className: "sp-missing" }, missing));
        return item;
    }

    /** The frames, up to the first that breaks a rule: where would the next begin? */
    function pieces(bytes, from) {
        const items = [];
        for (const frame of frames(bytes, from)) {
            const end = frame.at + frame.bytes.length;
            items.push(piece(frame));
            const rest = count(bytes.length - end, "byte");
            if (end === bytes.length) break;
            if (frame.fields.some(({ faults }) => faults.length > 0)) {
                items.push(el("li", { className: "sp-rest" }, `Behind a fault nothing is decoded: ${rest} left.`));
                break;
            }
            if (items.length === MOST_FRAMES) {
                items.push(el("li", { className: "sp-rest" }, `${rest} more, not shown.`));
                break;
            }
        }
        return items;
    }

    /** A message as the chapter's `decode` prints it; of a long one, the beginning. */
    function shown({ opcode, payload, code, reason }) {
        switch (opcode) {
            case TEXT: return `text ${spoken(payload, false)}`;
            case BINARY: return `binary ${spoken(payload, true)}`.trimEnd();
            case CLOSE: return ["close", code, reason && quoted(reason)].filter(Boolean).join(" ");
            case PING:
            case PONG: return [opcode === PING ? "ping" : "pong", payload.length > 0 && spoken(payload, false)]
                .filter(Boolean)
                .join(" ");
        }
    }

    /** What the receiver's decoder says, line by line. */
    function heard(bytes, from) {
        const decoder = new Decoder(from);
        const lines = [];
        try {
            for (const message of decoder.decode(bytes)) lines.push(el("li", {}, el("code", {}, shown(message))));
        } catch (broken) {
            if (!(broken instanceof Broken)) throw broken;
            const why = el("span", {}, `${broken.says} `, el("cite", {}, broken.clause));
            lines.push(el("li", { className: "sp-fail" }, el("code", {}, `fail ${broken.code}`), " ", why));
        }
        if (lines.length === 0) lines.push(el("li", { className: "sp-none" }, "no message yet"));
        return lines;
    }

    for (const bench of document.querySelectorAll(".sp-frames")) {
        const form = bench.querySelector("form");
        const fields = form.elements;
        const parts = [".sp-pieces", ".sp-heard ol", ".sp-wrong-input", ".sp-link"];
        const [list, decoded, wrong, link] = parts.map((part) => bench.querySelector(part));

        /** Only what a kind of frame has is asked for. */
        const ask = () => {
            const kind = Number(fields.opcode.value);
            const name = kind === CLOSE ? "Reason" : isHex(kind) ? "Payload, in hex" : "Payload";
            fields.payload.labels[0].querySelector("span").textContent = name;
            fields.code.labels[0].hidden = kind !== CLOSE;
            fields.key.disabled = fields.fresh.disabled = !fields.masked.checked;
        };
        const complain = (error, of = null) => {
            wrong.textContent = error ? error.message : "";
            for (const field of [fields.bytes, fields.payload]) field.toggleAttribute("aria-invalid", field === of);
        };
        /** Whether the form holds what these bytes say. (Of several frames the keys are fresh each time.) */
        const isSaid = (bytes) => {
            try {
                return fields.fragments.value !== "1" || hex(said(fields)) === hex(bytes);
            } catch {
                return false;
            }
        };
        /** Bytes become fields. */
        const read = () => {
            const from = fields.from.value;
            let bytes;
            try {
                bytes = fromHex(fields.bytes.value);
            } catch (error) {
                return complain(error, fields.bytes);
            }
            complain(null);
            bench.dataset.from = from;
            bench.toggleAttribute("data-stale", !isSaid(bytes));
            list.replaceChildren(...pieces(bytes, from));
            decoded.replaceChildren(...heard(bytes, from));
            bench.querySelector(".sp-ear").textContent = from === "client" ? "a server" : "a client";
            link.href = `#frame=${hex(bytes).replaceAll(" ", "")}&from=${from}`;
        };
        /** The message becomes bytes. */
        const write = () => {
            ask();
            try {
                fields.bytes.value = hex(said(fields));
            } catch (error) {
                return complain(error, fields.payload);
            }
            read();
        };

        /** Bytes that are one frame fill the form, so that they can be changed there. */
        const fill = () => {
            let bytes, header;
            try {
                bytes = fromHex(fields.bytes.value);
                header = parseHeader([...bytes.subarray(0, 14)]);
            } catch {
                return; // not hex, or no frame that this form can make
            }
            if (bytes.length !== header?.size + header?.length) return;
            const { fin, opcode, key, size } = header;
            let payload = bytes.subarray(size);
            if (key) payload = mask(payload, key);
            const filled = { opcode: `${opcode}`, fragments: "1", code: "" };
            if (key) filled.key = hex(key);
            if (opcode === CLOSE && payload.length >= 2) {
                filled.code = `${(payload[0] << 8) | payload[1]}`;
                payload = payload.subarray(2);
            }
            if (!isHex(opcode) && notUtf8(payload)) return;
            filled.payload = isHex(opcode) ? hex(payload) : text(payload);
            for (const [name, value] of Object.entries(filled)) fields[name].value = value;
            fields.fin.checked = fin;
            fields.masked.checked = key !== null;
            ask();
        };

        const show = (given, from) => {
            try {
                fields.bytes.value = hex(fromHex(given));
            } catch {
                fields.bytes.value = given; // what is wrong with it is said
            }
            if (from === "client" || from === "server") fields.from.value = from;
            fill();
            read();
        };

        form.addEventListener("submit", (event) => event.preventDefault());
        form.addEventListener("input", ({ target }) => {
            if (target === fields.bytes) {
                fill();
                read();
            } else {
                // Who speaks decides whether to mask; the box can still be set otherwise.
                if (target === fields.from) fields.masked.checked = fields.from.value === "client";
                write();
            }
        });
        fields.fresh.addEventListener("click", () => {
            fields.key.value = hex(freshKey());
            write();
        });
        for (const button of form.querySelectorAll("[data-bytes]")) {
            button.addEventListener("click", () => show(button.dataset.bytes, button.dataset.from));
        }

        /** `#frame=8185…&from=client` opens it filled in. */
        const arrive = () => {
            const given = new URLSearchParams(location.hash.slice(1));
            if (!given.has("frame")) return;
            show(given.get("frame"), given.get("from"));
            bench.scrollIntoView({ block: "start" });
        };
        for (const set of form.querySelectorAll("fieldset")) set.disabled = false;
        ask();
        addEventListener("hashchange", arrive);
        arrive();
    }
}
