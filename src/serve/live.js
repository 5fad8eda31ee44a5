// Reloads the page when there is a new book, and shows why there is none.

const mine = new URL(import.meta.url).searchParams.get("book");
const soon = 250;
const late = 5_000;
let wait = soon;

function connect() {
    const socket = new WebSocket(`ws://${location.host}/-/live`);
    // An open socket would keep the page out of the back/forward cache.
    const leave = () => socket.close();
    addEventListener("pagehide", leave);
    socket.onopen = () => { wait = soon; };
    socket.onmessage = ({ data }) => hear(data);
    socket.onclose = () => {
        removeEventListener("pagehide", leave);
        setTimeout(connect, wait);
        wait = Math.min(2 * wait, late);
    };
}

function hear(message) {
    document.querySelector(".sp-broken")?.remove();
    const [word, ...report] = message.split("\n");
    if (word === "broken") {
        // Without a book the page itself says why.
        if (mine) show(report.join("\n"));
    } else if (word !== `book ${mine}`) {
        location.reload();
    }
}

function show(report) {
    const banner = document.createElement("div");
    banner.className = "sp-broken";
    banner.role = "alert";
    const title = document.createElement("b");
    title.textContent = "The sources have changed, and don’t build. This is the book from before.";
    const text = document.createElement("pre");
    text.textContent = report;
    banner.append(title, text);
    document.querySelector(".page").append(banner);
}

connect();
