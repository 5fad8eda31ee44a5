// What the workbenches share: bytes read from hex, and shown with their fields as every transcript shows them.
"use strict";

{
    /** More bytes than this no workbench takes. */
    const MOST_BYTES = 200_000;
    /** More bytes of one field are counted, not shown; rather a few more than a count of one or two. */
    const [MOST_SHOWN, AND_A_FEW] = [24, 4];

    /** An element with these properties and children; text stays text. */
    function el(name, properties = {}, ...children) {
        const element = document.createElement(name);
        for (const [key, value] of Object.entries(properties)) {
            if (key.startsWith("data-")) element.setAttribute(key, value);
            else element[key] = value;
        }
        element.append(...children);
        return element;
    }

    /** The bytes of `81 85 37`, `0x81, 0x85`, `\x81` or `8185`, over any lines. Throws what is wrong. */
    function fromHex(text) {
        const digits = text.replace(/0x|\\x/gi, "").replace(/[\s,:;]/g, "");
        const stray = digits.match(/[^0-9a-f]/i);
        if (stray) throw new Error(`“${stray[0]}” is not hex`);
        if (digits.length % 2 > 0) throw new Error("an odd number of digits, and a byte takes two");
        if (digits.length / 2 > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes: paste fewer`);
        return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    }

    /** A row of bytes, or of letters: `show` tells each, `keys` its fields, `bad` whether one of them is at fault. */
    function row(length, show, keys, bad) {
        const units = el("div", { className: "sp-bytes" });
        for (let at = 0; at < length; ) {
            const key = keys(at);
            let end = at;
            while (end < length && keys(end) === key) end += 1;
            const shown = end - at <= MOST_SHOWN + AND_A_FEW ? end : at + MOST_SHOWN;
            for (; at < shown; at++) {
                const unit = el("span", { "data-f": key }, show(at));
                if (bad(at)) unit.className = "sp-at-fault";
                units.append(unit);
            }
            const more = `… ${end - shown} more`;
            if (shown < end) units.append(el("span", { className: "sp-more", "data-f": key }, more));
            at = end;
        }
        return units;
    }

    /** What each field says: its key, its bits or bytes, the words, its clause, and the rules it breaks. */
    function list(rows) {
        const items = rows.map(({ key, bits, words, clause, faults }) => {
            const says = el("dd", {}, ...words);
            if (clause) says.append(" ", el("cite", {}, clause));
            says.append(...faults.map(fault));
            return el("div", { "data-f": key }, el("dt", {}, bits), says);
        });
        return el("dl", { className: "sp-fields" }, ...items);
    }

    function fault({ says, clause, close }) {
        const what = el("em", { className: "sp-fault" }, says);
        if (close) what.append(", so: close ", el("b", {}, `${close}`));
        what.append(" ", el("cite", {}, clause));
        return what;
    }

    /** Bytes at the head of a field's line: the first few. */
    const someBytes = (hex) => (hex.length > 6 * 3 ? `${hex.slice(0, 5 * 3 - 1)} …` : hex);

    (globalThis.sp ??= {}).bench = { el, fromHex, row, list, someBytes };
}
