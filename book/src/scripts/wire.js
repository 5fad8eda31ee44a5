// Stepping through a transcript: ← and → move from one entry to the next, Enter opens its bytes.

for (const figure of document.querySelectorAll(".sp-wire:not(.sp-small)")) {
    const entries = [...figure.querySelectorAll(".sp-events > :is(.sp-c, .sp-s)")];
    const bar = document.createElement("div");
    bar.className = "sp-steps";
    bar.innerHTML = `
        <button type="button" class="sp-button" aria-label="Previous entry">←</button>
        <button type="button" class="sp-button" aria-label="Next entry">→</button>
        <output></output>`;
    if (figure.querySelector("summary")) bar.insertAdjacentHTML("beforeend", "<span>Enter opens the bytes</span>");
    const [back, on] = bar.querySelectorAll("button");
    const place = bar.querySelector("output");

    let current = entries.findIndex((entry) => entry.classList.contains("sp-now"));

    const show = () => {
        entries.forEach((entry, i) => {
            entry.classList.toggle("sp-now", i === current);
            if (i === current) entry.setAttribute("aria-current", "step");
            else entry.removeAttribute("aria-current");
        });
        place.value = current >= 0 ? `${current + 1} of ${entries.length}`
            : entries.length === 1 ? "1 entry" : `${entries.length} entries`;
        back.disabled = current <= 0;
        on.disabled = current === entries.length - 1;
    };
    const go = (to) => {
        if (to < 0 || to >= entries.length) return;
        current = to;
        show();
        const entry = entries[current];
        const summary = entry.querySelector("summary") ?? entry.firstElementChild;
        if (summary.localName !== "summary") summary.tabIndex = -1;
        summary.focus({ preventScroll: true });
        entry.scrollIntoView({ block: "nearest" });
    };

    back.addEventListener("click", () => go(current - 1));
    on.addEventListener("click", () => go(current + 1));
    figure.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation(); // mdBook would turn the page
        go(current + step);
    });
    figure.addEventListener("focusin", (event) => {
        const at = entries.findIndex((entry) => entry.contains(event.target));
        if (at >= 0 && at !== current) {
            current = at;
            show();
        }
    });

    show();
    figure.append(bar);
}
