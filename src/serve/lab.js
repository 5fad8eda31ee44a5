// Live lab: this page's own WebSocket talks to the reader's program, through a tap. What the browser tells a script
// stands on the left, what crosses the wire on the right, in one order.

const kept = 400; // entries
const most = 8; // events of the browser that are shown in a span
const span = 250; // milliseconds
const patience = 3_000;
const words = 8_192; // of what the program says

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
const some = (text, limit = 200) => (text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text);

/** The bytes that pairs of digits stand for, or null. */
function unhex(text) {
    const digits = text.replace(/\s/g, "");
    if (!/^([0-9a-f]{2})*$/i.test(digits)) return null;
    return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** What an event's data is, as a script would see it. */
function shown(data) {
    if (typeof data === "string") return JSON.stringify(some(data));
    const bytes = new Uint8Array(data, 0, Math.min(data.byteLength, 16));
    return `ArrayBuffer of ${data.byteLength}: ${hex(bytes)}${data.byteLength > 16 ? " …" : ""}`;
}

const controls = `
    <fieldset class="sp-lab-row"><legend>Program</legend>
        <label><input type="radio" name="program" value="mine" checked> yours</label>
        <label><input type="radio" name="program" value="reference"> the reference</label>
        <button type="button" class="sp-button" name="again">Start it anew</button>
    </fieldset>
    <fieldset class="sp-lab-row"><legend>Network</legend>
        <label>It <select name="network">
            <option value="">passes everything on</option>
            <option value="cut-after">cuts after so many frames</option>
            <option value="freeze-after">freezes after so many frames</option>
            <option value="latency">is so many ms late</option>
            <option value="trickle">passes so many bytes a second</option>
            <option value="strip-upgrade">drops Upgrade and Connection</option>
        </select></label>
        <input type="number" name="number" aria-label="How many" min="0" max="100000" hidden>
        <span class="sp-lab-note">for the next connection</span>
    </fieldset>
    <form class="sp-lab-row" name="opening">
        <label>Path <input name="path" size="12" spellcheck="false" autocomplete="off"></label>
        <label>Subprotocols <input name="protocols" size="12" spellcheck="false" autocomplete="off"></label>
        <button class="sp-button" name="connect">Connect</button>
    </form>
    <form class="sp-lab-row" name="saying">
        <label><span class="sp-lab-as">As</span> <select name="as"><option value="text">text</option><option value="binary">binary, in hex</option></select></label>
        <label class="sp-lab-grow"><span class="sp-lab-as">Message</span> <input name="message" spellcheck="false" autocomplete="off"></label>
        <button class="sp-button" name="send">Send</button>
    </form>
    <form class="sp-lab-row" name="closing">
        <label>Code <input name="code" size="5" inputmode="numeric" value="1000" autocomplete="off"></label>
        <label class="sp-lab-grow">Reason <input name="reason" value="bye" autocomplete="off"></label>
        <button class="sp-button" name="close">Close</button>
    </form>
    <pre class="sp-wrong sp-lab-said" tabindex="0" aria-label="What the program says" hidden></pre>
    <figure class="sp-wire sp-lab-wire" aria-label="What happens">
        <figcaption><b>live</b><span>what the browser tells a script · what crosses the wire</span>
            <button type="button" class="sp-button" name="clear">Clear</button></figcaption>
        <div class="sp-ends" aria-hidden="true"><span>client</span><span>server</span></div>
        <div class="sp-lab-scroll" tabindex="0" role="region" aria-label="Live transcript">
            <ol class="sp-events"></ol>
        </div>
    </figure>`;

class Lab {
    constructor(panel) {
        this.panel = panel;
        this.marks = new Map();
        this.last = 0;
        this.wanted = false; // a connection, as soon as there is a program again
        this.runs = false;
        this.count = 0;
        this.unshown = 0;
        this.coming = [];
        this.due = null;
        const bar = panel.querySelector(".sp-lab-bar");
        bar.querySelector(".sp-lab-how").remove();
        this.status = document.createElement("span");
        this.status.role = "status";
        this.status.textContent = "not started";
        this.switch = button("Start", () => (this.line ? this.stop("stopped") : this.start()));
        this.switch.name = "switch";
        bar.append(this.status, this.switch);
        addEventListener("pagehide", () => this.stop("stopped"));
    }

    say(text, state = "") {
        this.status.textContent = text;
        this.panel.dataset.state = state;
    }

    // --- the lab

    start() {
        if (!this.body) this.furnish();
        this.body.hidden = false;
        this.switch.textContent = "Stop";
        this.say("it is built …");
        this.line = new WebSocket(`ws://${location.host}/-/lab/${this.panel.dataset.lab}`);
        this.line.onopen = () => this.run();
        this.line.onmessage = ({ data }) => this.hear(JSON.parse(data));
        this.line.onclose = () => this.stop("the lab has ended; start it again", true);
        this.beat = setInterval(() => this.span(), span);
    }

    /** Ends the lab; what went wrong before stays to be read. */
    stop(why, byItself = false) {
        if (!this.line) return;
        const { line } = this;
        this.line = null;
        line.onclose = null;
        line.close();
        clearInterval(this.beat);
        this.wanted = false;
        this.runs = false;
        this.marks.clear();
        this.drop();
        this.switch.textContent = "Start";
        if (!byItself || this.panel.dataset.state !== "bad") this.say(why);
        this.enable();
    }

    order(what) {
        if (this.line?.readyState === WebSocket.OPEN) this.line.send(JSON.stringify(what));
    }

    run() {
        this.words("");
        this.runs = false;
        this.say("it is built …");
        this.order({ kind: "run", reference: this.named("program", "reference").checked });
    }

    /** Does something once all that happened before is shown. */
    mark(act, network = null) {
        this.marks.set(++this.last, act);
        this.order({ kind: "mark", n: this.last, network });
    }

    hear(told) {
        switch (told.kind) {
            case "tap":
                this.port = told.port;
                return;
            case "entry": {
                // Written by the same code as the book's own transcripts, which escapes all that came from outside.
                const template = document.createElement("template");
                template.innerHTML = told.html;
                return this.add(template.content.firstElementChild);
            }
            case "mark": {
                const act = this.marks.get(told.n);
                this.marks.delete(told.n);
                return act?.();
            }
            case "saved":
                this.runs = false;
                this.words("");
                this.say("saved; it is built anew …");
                break;
            case "doing":
                if (!this.runs) this.say(`${told.what} …`);
                break;
            case "refused":
                this.runs = false;
                this.say("it does not compile; a save tries again", "bad");
                this.words(told.text);
                break;
            case "listening":
                this.runs = true;
                this.home = told.port;
                this.say(this.running(), "good");
                if (this.wanted) this.connect();
                break;
            case "silent":
                this.say(`${this.whose()} runs, and has not said where it listens`, "bad");
                break;
            case "said":
                this.words(this.said.textContent + told.text);
                if (/panicked at/.test(told.text)) this.say(`${this.whose()} has panicked; its words stand below`, "bad");
                break;
            case "ended":
                this.runs = false;
                this.say(`${this.whose()} has ended (${told.how})${told.again ? ", and is started again …" : "; a save starts it again"}`, "bad");
                break;
            case "trouble":
                this.runs = false;
                this.say(told.text, "bad");
                break;
        }
        this.enable();
    }

    whose() {
        return this.named("program", "reference").checked ? "the reference" : "your program";
    }

    running() {
        return `${this.whose()} runs, on port ${this.home}`;
    }

    words(text) {
        this.said.textContent = text.slice(-words);
        this.said.hidden = text === "";
    }

    // --- the browser's side

    connect() {
        this.drop();
        this.wanted = true;
        const [path, protocols] = [this.fields.path.value, this.fields.protocols.value.split(",").map((word) => word.trim()).filter(Boolean)];
        const url = `ws://127.0.0.1:${this.port}${path.startsWith("/") ? path : `/${path}`}`;
        this.mark(() => {
            const said = [url, ...(protocols.length ? [protocols] : [])].map((word) => JSON.stringify(word)).join(", ");
            this.api(`new WebSocket(${said})`);
            try {
                this.attach(new WebSocket(url, protocols));
            } catch (error) {
                this.wanted = false;
                this.api(`${error.name}: ${error.message}`);
            }
            this.enable();
        }, this.network());
    }

    attach(socket) {
        this.drop();
        this.socket = socket;
        socket.binaryType = "arraybuffer";
        this.isLate = false;
        const late = setTimeout(() => {
            this.isLate = true;
            this.say(`no answer for ${patience / 1000} s: ${this.whose()} hangs, or the network is slow`, "bad");
        }, patience);
        const mine = (act) => (event) => socket === this.socket && act(event);
        socket.onopen = mine(() => {
            clearTimeout(late);
            if (this.runs && this.isLate) this.say(this.running(), "good");
            this.tell(`open${socket.protocol ? `, protocol ${JSON.stringify(socket.protocol)}` : ""}`);
            this.enable();
        });
        socket.onmessage = mine(({ data }) => this.tell(`message ${shown(data)}`));
        socket.onerror = mine(() => this.tell("error, and not a word why"));
        socket.onclose = (event) => {
            clearTimeout(late);
            mine(({ code, reason, wasClean }) => {
                this.socket = null;
                this.tell(`close ${code}${reason ? ` ${JSON.stringify(reason)}` : ""}, ${wasClean ? "clean" : "not clean"}`, true);
                this.enable();
            })(event);
        };
    }

    /** Leaves the connection, if there is one. */
    drop() {
        const { socket } = this;
        this.socket = null;
        socket?.close();
    }

    send() {
        const { as, message } = this.fields;
        const what = as.value === "binary" ? unhex(message.value) : message.value;
        if (what === null) return this.api("not hex: pairs of digits from 0 to f");
        this.mark(() => {
            if (this.socket?.readyState !== WebSocket.OPEN) return;
            this.api(as.value === "binary" ? `send(${what.length} bytes)` : `send(${JSON.stringify(some(what))})`);
            this.socket.send(what);
        });
    }

    close() {
        const [code, reason] = [Number(this.fields.code.value), this.fields.reason.value];
        this.mark(() => {
            if (!this.socket) return;
            this.api(`close(${code}, ${JSON.stringify(reason)})`);
            try {
                this.socket.close(code, reason);
                this.wanted = false;
            } catch (error) {
                // A script may say 1000 and 3000 to 4999, and 123 bytes of reason: the browser keeps that rule for it.
                this.api(`${error.name}: ${error.message}`);
            }
        });
    }

    network() {
        const { value } = this.fields.network;
        if (value === "") return {};
        if (value === "strip-upgrade") return { "strip-upgrade": true };
        const least = value === "trickle" ? 1 : 0;
        return { [value]: Math.max(least, Math.floor(Number(this.fields.number.value)) || 0) };
    }

    // --- what is shown

    /** Something that the browser tells; of a flood, how much it tells. */
    tell(text, always = false) {
        this.count += 1;
        if (this.count > most && !always) {
            this.unshown += 1;
            this.latest = text;
            return;
        }
        this.gap();
        this.mark(() => this.api(text));
    }

    gap() {
        const { unshown, latest } = this;
        this.unshown = 0;
        if (unshown === 0) return;
        // The last of them may be the last of all.
        this.mark(() => {
            if (unshown > 1) this.api(`… and ${unshown - 1} more, not shown`);
            this.api(latest);
        });
    }

    span() {
        this.count = 0;
        this.gap();
    }

    api(text) {
        const item = document.createElement("li");
        item.className = "sp-api";
        const say = document.createElement("span");
        say.className = "sp-say";
        say.textContent = text;
        item.append(say);
        this.add(item);
    }

    /** Entries come by the hundred; the page is laid out once for all that have. */
    add(item) {
        if (this.coming.push(item) > kept) this.coming.shift();
        this.due ??= setTimeout(() => this.show(), 40);
    }

    show() {
        const { scroll, list } = this;
        const atEnd = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 40;
        list.append(...this.coming);
        this.coming = [];
        this.due = null;
        while (list.children.length > kept) list.firstElementChild.remove();
        if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    }

    enable() {
        const state = this.socket?.readyState;
        this.fields.connect.disabled = !this.runs || state === WebSocket.OPEN || state === WebSocket.CONNECTING;
        this.fields.send.disabled = state !== WebSocket.OPEN;
        this.fields.close.disabled = !this.socket;
        this.fields.again.disabled = !this.line;
    }

    named(name, value) {
        return this.body.querySelector(`[name="${name}"][value="${value}"]`);
    }

    furnish() {
        this.body = document.createElement("div");
        this.body.className = "sp-lab-body";
        this.body.innerHTML = controls;
        this.panel.querySelector(".sp-lab-tries").after(this.body);
        this.fields = Object.fromEntries([...this.body.querySelectorAll("[name]:not(form):not([type=radio])")].map((field) => [field.name, field]));
        this.list = this.body.querySelector("ol");
        this.scroll = this.body.querySelector(".sp-lab-scroll");
        this.said = this.body.querySelector(".sp-lab-said");
        const { path, protocols, message } = this.panel.dataset;
        this.fields.path.value = path;
        this.fields.protocols.value = protocols;
        this.fields.message.value = message;

        for (const radio of this.body.querySelectorAll("[name=program]")) radio.addEventListener("change", () => this.run());
        this.fields.again.addEventListener("click", () => this.run());
        this.fields.clear.addEventListener("click", () => {
            this.coming = [];
            this.list.replaceChildren();
        });
        const start = { "cut-after": 2, "freeze-after": 2, latency: 300, trickle: 100 };
        this.fields.network.addEventListener("change", ({ target: { value } }) => {
            this.fields.number.hidden = !(value in start);
            this.fields.number.value = start[value] ?? 0;
        });
        const acts = { opening: () => this.connect(), saying: () => this.send(), closing: () => this.close() };
        for (const form of this.body.querySelectorAll("form")) {
            form.addEventListener("submit", (event) => {
                event.preventDefault();
                acts[form.getAttribute("name")]();
            });
        }
        // The book's own keys turn pages and open its search.
        this.body.addEventListener("keydown", (event) => event.stopPropagation());
    }
}

function button(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sp-button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
}

for (const panel of document.querySelectorAll(".sp-lab")) new Lab(panel);
