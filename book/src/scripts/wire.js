"use strict";

// Transcripts: ← and → move from one entry to the next, Enter opens its bytes. "Step by step" shows the
// conversation as it grows: what comes later is hidden until it is its turn.
{
    const swipe = 40; // pixels

    /** Makes a figure one that can be stepped through. */
    function player(figure) {
        const list = figure.querySelector(".sp-events");
        const entries = [...list.querySelectorAll(":scope > :is(.sp-c, .sp-s, .sp-run)")];
        const bar = document.createElement("div");
        bar.className = "sp-steps";
        bar.innerHTML = `
            <button type="button" class="sp-button" aria-label="Previous entry">←</button>
            <button type="button" class="sp-button" aria-label="Next entry">→</button>
            <span role="status"></span>
            <button type="button" class="sp-button sp-play" aria-pressed="false">Step by step</button>`;
        const [back, on, play] = bar.querySelectorAll("button");
        const place = bar.querySelector("[role=status]");
        if (entries.length < 2) play.remove();

        let current = entries.findIndex((entry) => entry.classList.contains("sp-now"));
        const playing = () => figure.classList.contains("sp-playing");

        const show = () => {
            entries.forEach((entry, i) => {
                entry.classList.toggle("sp-now", i === current);
                entry.classList.toggle("sp-later", playing() && i > current);
                if (i === current) entry.setAttribute("aria-current", "step");
                else entry.removeAttribute("aria-current");
            });
            place.replaceChildren(...where());
            back.disabled = current <= 0;
            on.disabled = current === entries.length - 1;
            play.setAttribute("aria-pressed", playing());
            play.textContent = playing() ? "Show all" : "Step by step";
        };
        /** `3 of 9`; as a link to that entry, if it can be linked to. */
        const where = () => {
            if (current < 0) return [entries.length === 1 ? "1 entry" : `${entries.length} entries`];
            const text = `${current + 1} of ${entries.length}`;
            if (!entries[current].id) return [text];
            const link = document.createElement("a");
            link.href = `#${entries[current].id}`;
            link.textContent = text;
            link.title = "A link to this entry";
            return [link];
        };
        const go = (to, open = entries[current]?.querySelector("details")?.open) => {
            if (to < 0 || to >= entries.length) return;
            // Who reads the bytes of one entry reads on in those of the next.
            if (playing() && current >= 0) opened(entries[current], false);
            current = to;
            if (playing()) opened(entries[current], open);
            show();
            const entry = entries[current];
            const target = entry.querySelector("summary") ?? entry.firstElementChild;
            if (target.localName !== "summary") target.tabIndex = -1;
            target.focus({ preventScroll: true });
            entry.scrollIntoView({ block: "nearest" });
        };
        const toggle = () => {
            if (figure.classList.toggle("sp-playing")) go(0, false);
            else show();
        };

        back.addEventListener("click", () => go(current - 1));
        on.addEventListener("click", () => go(current + 1));
        play.addEventListener("click", toggle);
        figure.addEventListener("keydown", (event) => {
            if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
            const act = {
                ArrowLeft: () => go(current - 1),
                ArrowRight: () => go(current + 1),
                Home: () => go(0),
                End: () => go(entries.length - 1),
                Escape: () => playing() && toggle(),
            }[event.key];
            if (!act) return;
            event.preventDefault();
            event.stopPropagation(); // mdBook would turn the page
            act();
        });
        figure.addEventListener("focusin", (event) => {
            const at = entries.findIndex((entry) => entry.contains(event.target));
            if (at >= 0 && at !== current) {
                current = at;
                show();
            }
        });
        let touched = null;
        list.addEventListener("touchstart", ({ touches }) => { touched = touches.length === 1 ? touches[0] : null; }, { passive: true });
        list.addEventListener("touchend", ({ changedTouches: [last] }) => {
            if (!touched) return;
            const [across, down] = [last.clientX - touched.clientX, last.clientY - touched.clientY];
            // Bytes that scroll sideways keep their own meaning of it: only a clear, level move counts.
            if (Math.abs(across) > swipe && Math.abs(across) > 3 * Math.abs(down)) go(current - Math.sign(across));
        });

        show();
        figure.append(bar);

        /** Shows the entry that the address names. */
        const arrive = () => {
            const at = entries.findIndex(({ id }) => id && id === decodeURIComponent(location.hash.slice(1)));
            if (at < 0) return;
            opened(entries[at], true);
            current = at;
            show();
            entries[at].scrollIntoView({ block: "nearest" });
        };
        addEventListener("hashchange", arrive);
        arrive();
    }

    function opened(entry, open) {
        const details = entry.querySelector("details");
        if (details) details.open = Boolean(open);
    }

    /** The table of proofs shows lines alone; the bytes stand on a page of their own, and are fetched when they are wanted. */
    async function complete(row) {
        const link = row.querySelector(".sp-replay a");
        const small = row.querySelector(".sp-small");
        // A copy on disk may not fetch: there the link leads to the bytes.
        if (!link || !small || location.protocol === "file:") return;
        try {
            const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
            const whole = page.querySelector(".sp-wire");
            whole.querySelector("figcaption").remove();
            for (const { id } of whole.querySelectorAll("[id]")) whole.querySelector(`#${CSS.escape(id)}`).removeAttribute("id");
            whole.removeAttribute("id");
            whole.removeAttribute("data-proof");
            whole.classList.add("sp-within");
            small.replaceWith(whole);
            player(whole);
        } catch {
            // No server any more: the lines stand here, and the link may work later.
        }
    }

    for (const figure of document.querySelectorAll(".sp-wire:not(.sp-small)")) player(figure);
    for (const row of document.querySelectorAll(".sp-proofs details:has(> .sp-wire)")) {
        row.addEventListener("toggle", () => complete(row), { once: true });
        if (row.open) complete(row);
    }
}
