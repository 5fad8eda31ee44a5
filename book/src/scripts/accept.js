"use strict";

// The accept value of RFC 6455 §4.2.2, with every intermediate shown.
{
    const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

    /** The bytes that a base64 text stands for, or null. */
    function decode(text) {
        // `atob` forgives spaces and missing padding; a key may have neither.
        if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
        try {
            return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        } catch {
            return null;
        }
    }

    /** Whether the text is a key at all: a server refuses all others (§4.2.1). */
    function describe(bytes) {
        if (bytes === null) return "not base64: a server refuses it";
        if (bytes.length !== 16) return `${bytes.length} bytes, not 16: a server refuses it`;
        return `16 bytes: ${hex(bytes)}`;
    }

    /** Each step from a key to the value that answers it. */
    async function accept(key) {
        const text = new TextEncoder().encode(key + GUID);
        const sha1 = new Uint8Array(await crypto.subtle.digest("SHA-1", text));
        return {
            bytes: describe(decode(key)),
            text: key,
            sha1: hex(sha1),
            accept: base64(sha1),
        };
    }

    for (const form of document.querySelectorAll(".sp-accept")) {
        const { key } = form.elements;
        const show = async () => {
            const typed = key.value;
            const steps = await accept(typed);
            if (typed !== key.value) return; // a later key is on its way
            for (const [name, value] of Object.entries(steps)) form.elements[name].value = value;
        };
        key.readOnly = false;
        key.addEventListener("input", show);

        const fresh = document.createElement("button");
        fresh.type = "button";
        fresh.className = "sp-button";
        fresh.textContent = "A fresh key";
        fresh.addEventListener("click", () => {
            key.value = base64(crypto.getRandomValues(new Uint8Array(16)));
            return show();
        });
        form.append(fresh);
    }
}
