// Live proofs: while a chapter's page is open, its proofs turn green or red at every save of the exercise.

const words = { proved: "proved", refused: "refused", unwritten: "not written yet", broken: "could not be tried" };
const signs = { proved: "✓", refused: "✗", unwritten: "○", broken: "!" };
const soon = 250;
const late = 5_000;

/** The table of a chapter's proofs, with what is known of each. */
class Board {
    constructor(table) {
        this.rows = new Map([...table.querySelectorAll("tr[data-proof]")].map((row) => [row.dataset.proof, row]));
        this.box = document.createElement("section");
        this.box.className = "sp-live";
        this.box.setAttribute("aria-label", "Your program");
        this.box.innerHTML = `<p><b>Your program</b> <span role="status"></span></p><div></div>`;
        this.status = this.box.querySelector("[role=status]");
        this.trouble = this.box.querySelector("div");
        (table.closest(".sp-scroll") ?? table).before(this.box);
        this.known = new Map();
    }

    mark(proof, status, text = "") {
        const row = this.rows.get(proof);
        if (!row) return;
        this.known.set(proof, { status, text });
        row.querySelector(".sp-verdict")?.remove();
        row.querySelector(".sp-wrong")?.remove();
        row.toggleAttribute("data-status", Boolean(status));
        if (!status) return;
        row.dataset.status = status;
        const sign = document.createElement("span");
        sign.className = "sp-verdict";
        sign.title = words[status];
        sign.role = "img";
        sign.ariaLabel = words[status];
        sign.textContent = signs[status];
        row.querySelector("summary").prepend(sign);
        if (text && status !== "proved") row.querySelector("details").append(conversation(text));
    }

    /** What a save has made untrue. */
    forget() {
        for (const proof of this.rows.keys()) this.mark(proof, null);
        this.trouble.replaceChildren();
    }

    say(text) {
        this.status.textContent = text;
    }

    /** How many hold, and the first that does not. */
    sum() {
        const verdicts = [...this.rows.keys()].map((proof) => [proof, this.known.get(proof)]);
        const tried = verdicts.filter(([, verdict]) => verdict?.status);
        const proved = tried.filter(([, { status }]) => status === "proved");
        this.say(tried.length === 0 ? "not proved yet; a save of its source proves it"
            : `${proved.length} of ${this.rows.size} proofs hold`);
        const first = tried.find(([, { status, text }]) => text && status === "refused")
            ?? tried.find(([, { status, text }]) => text && status !== "proved");
        this.trouble.replaceChildren(...(first ? [conversation(first[1].text)] : []));
    }
}

/** A failure as the terminal shows it; what is on record and what came told apart by colour too. */
function conversation(text) {
    const out = document.createElement("pre");
    out.className = "sp-wrong";
    out.tabIndex = 0;
    for (const line of text.replace(/^\n+|\s+$/g, "").split("\n")) {
        const span = document.createElement("span");
        const sign = /^ *([-+]) /.exec(line)?.[1];
        if (sign && !line.includes("- on record ")) span.className = sign === "-" ? "sp-minus" : "sp-plus";
        span.textContent = `${line}\n`;
        out.append(span);
    }
    return out;
}

function follow(board, id) {
    let wait = soon;
    const hear = (news) => {
        switch (news.kind) {
            case "standing":
                for (const [proof, status] of Object.entries(news.proofs)) board.mark(proof, status);
                board.sum();
                break;
            case "saved":
                board.forget();
                board.say("saved; it is built");
                break;
            case "doing":
                board.say(`${news.what} …`);
                break;
            case "proof":
                board.mark(news.proof, news.status, news.text);
                break;
            case "over":
                if (news.trouble) {
                    board.say("it can’t be proved:");
                    board.trouble.replaceChildren(conversation(news.trouble));
                } else {
                    board.sum();
                }
                map();
                break;
        }
    };
    const connect = () => {
        const socket = new WebSocket(`ws://${location.host}/-/proofs/${id}`);
        // An open socket would keep the page out of the back/forward cache.
        const leave = () => socket.close();
        addEventListener("pagehide", leave);
        socket.onopen = () => { wait = soon; };
        socket.onmessage = ({ data }) => hear(JSON.parse(data));
        socket.onclose = () => {
            removeEventListener("pagehide", leave);
            setTimeout(connect, wait);
            wait = Math.min(2 * wait, late);
        };
    };
    connect();
}

/** The sidebar says of each chapter how many of its proofs hold. */
async function map() {
    try {
        const counts = await (await fetch("/-/proofs")).json();
        for (const link of document.querySelectorAll("#mdbook-sidebar a[href]")) {
            const [proved, of] = counts[/([^/]+)\.html$/.exec(link.pathname)?.[1]] ?? [];
            link.querySelector(".sp-stand")?.remove();
            if (!proved) continue;
            const stand = document.createElement("span");
            stand.className = "sp-stand";
            stand.textContent = proved === of ? "✓" : `${proved}/${of}`;
            stand.title = `${proved} of ${of} proofs hold`;
            link.append(stand);
        }
    } catch {
        // The server has ended; when it is back, the page is loaded anew.
    }
}

const table = document.querySelector("main .sp-proofs[data-exercise]");
if (table) follow(new Board(table), table.dataset.exercise);
map();
