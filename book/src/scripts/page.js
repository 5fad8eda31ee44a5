"use strict";

// What the page around the text needs from a script.
{
    // The sidebar's toggle is a button, so that a keyboard reaches it; mdBook listens to a checkbox.
    const toggle = document.getElementById("mdbook-sidebar-toggle");
    const checkbox = document.getElementById("mdbook-sidebar-toggle-anchor");
    toggle?.addEventListener("click", () => {
        checkbox.checked = !checkbox.checked;
        checkbox.dispatchEvent(new Event("change"));
    });

    // What scrolls sideways can be scrolled with the keyboard, and only what does is a tab stop.
    const scrollers = document.querySelectorAll("main pre, .table-wrapper, .sp-scroll");
    const observer = new ResizeObserver((entries) => {
        for (const { target } of entries) {
            target.toggleAttribute("tabindex", target.scrollWidth > target.clientWidth);
            if (target.hasAttribute("tabindex")) target.tabIndex = 0;
        }
    });
    for (const scroller of scrollers) observer.observe(scroller);

    // Who follows a link to a proof came for its transcript.
    const openTarget = () => {
        const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
        const details = target?.matches("[data-proof]") && target.querySelector("details");
        if (details) details.open = true;
    };
    addEventListener("hashchange", openTarget);
    openTarget();

    // What only some readers need is loaded when they do; from the folder of this script.
    const home = document.currentScript.src;
    const loaded = new Map();
    (globalThis.sp ??= {}).load = (path) => {
        const load = () => new Promise((done, failed) => {
            const script = document.createElement("script");
            script.src = new URL(path, home).href;
            script.onload = done;
            script.onerror = () => {
                loaded.delete(path); // The next use tries again.
                failed(new Error(`${path} can’t be loaded`));
            };
            document.head.append(script);
        });
        if (!loaded.has(path)) loaded.set(path, load());
        return loaded.get(path);
    };
}
