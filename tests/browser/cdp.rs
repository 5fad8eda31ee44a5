//! A small client of the Chrome DevTools Protocol: one browser, one page, one
//! command after another. Every wait has a bound.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use base64::Engine;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What keeps a browser quiet: no first-run page, no network of its own.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
];

/// The browser to drive: `$CHROMIUM`, or the first of its usual names on the path.
pub fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(named.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

/// A page in a browser of its own, which ends with it.
pub struct Page {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    last_id: u64,
    /// What the browser told without being asked, oldest first.
    events: VecDeque<Value>,
    /// Ends when no process of the browser is left to write its log.
    log: mpsc::Receiver<String>,
    _profile: tempfile::TempDir,
}

impl Page {
    /// Starts a browser with a new profile, and opens an empty page in it.
    pub fn open(chromium: &Path) -> Page {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(chromium)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();

        // The address stands on one line of its log; the rest is read too, so that the pipe never fills.
        let log = BufReader::new(process.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("DevTools listening on ") {
                    let _ = tell.send(address.to_owned());
                }
            }
        });
        let address = told
            .recv_timeout(PATIENCE)
            .expect("Chromium says where it listens");

        let host = address["ws://".len()..].split('/').next().unwrap();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(&address, stream).unwrap();

        let mut page = Page {
            process,
            socket,
            session: None,
            last_id: 0,
            events: VecDeque::new(),
            log: told,
            _profile: profile,
        };
        let target = page.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = page.call("Target.attachToTarget", target);
        page.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page
    }

    /// Sends a command and waits for its result.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut command = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(command.to_string()))
            .unwrap();
        loop {
            let mut message = self.read(method);
            if message["id"] == self.last_id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
            self.events.push_back(message);
        }
    }

    fn read(&mut self, waiting_for: &str) -> Value {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Ok(_) => {}
                Err(error) => panic!("waiting for {waiting_for}: {error}"),
            }
        }
    }

    /// Waits until the browser has told of `event`.
    fn wait_for(&mut self, event: &str) {
        while !self.events.iter().any(|told| told["method"] == event) {
            let message = self.read(event);
            self.events.push_back(message);
        }
    }

    /// The width and height of the window, in CSS pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// What the reader's system prefers. Motion is always reduced: nothing is measured half-way.
    pub fn prefer(&mut self, scheme: &str) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// Whether pages run their scripts, from the next visit on.
    pub fn scripts(&mut self, on: bool) {
        self.call(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": !on}),
        );
    }

    /// Goes to `url`, waits until it is loaded, and forgets what earlier pages told.
    pub fn visit(&mut self, url: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({"url": url}));
        self.wait_for("Page.loadEventFired");
    }

    /// What a reader with the console open would frown at: exceptions, errors, and requests that
    /// leave `home`.
    pub fn complaints(&mut self, home: &str) -> Vec<String> {
        self.call("Runtime.evaluate", json!({"expression": "0"})); // what was on its way has arrived
        let complaint = |event: &Value| {
            let params = &event["params"];
            match event["method"].as_str()? {
                "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
                "Runtime.consoleAPICalled" if params["type"] == "error" => {
                    Some(params["args"].to_string())
                }
                "Log.entryAdded" if params["entry"]["level"] == "error" => {
                    Some(params["entry"].to_string())
                }
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str()?;
                    let ours = url.starts_with(home) || url.starts_with("data:");
                    (!ours).then(|| format!("asks {url}"))
                }
                _ => None,
            }
        };
        self.events.iter().filter_map(complaint).collect()
    }

    /// The value of a JavaScript expression; a promise is awaited.
    pub fn eval(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut result = self.call("Runtime.evaluate", params);
        let thrown = &result["exceptionDetails"];
        assert!(thrown.is_null(), "{expression:.200}: {thrown}");
        result["result"]["value"].take()
    }

    /// The text of the first element that `selector` finds.
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.eval(&format!("document.querySelector({selector:?}).innerText"));
        text.as_str().unwrap().to_owned()
    }

    /// Waits until `condition` holds; the page looks at it once a frame.
    pub fn until(&mut self, condition: &str) {
        self.until_within(10, condition);
    }

    /// The same for what takes a compiler's time.
    pub fn until_late(&mut self, condition: &str) {
        assert!(self.holds_late(condition), "never true: {condition}");
    }

    /// Whether it comes true in that time.
    pub fn holds_late(&mut self, condition: &str) -> bool {
        (0..18).any(|_| self.holds_within(10, condition))
    }

    /// Whether `condition` comes true.
    pub fn holds(&mut self, condition: &str) -> bool {
        self.holds_within(10, condition)
    }

    fn until_within(&mut self, seconds: u32, condition: &str) {
        let held = self.holds_within(seconds, condition);
        assert!(held, "never true: {condition}");
    }

    fn holds_within(&mut self, seconds: u32, condition: &str) -> bool {
        let held = self.eval(&format!(
            "new Promise((done) => {{
                const end = performance.now() + {seconds} * 1000;
                const look = () => {condition} ? done(true)
                    : performance.now() > end ? done(false) : requestAnimationFrame(look);
                look();
            }})"
        ));
        held == true
    }

    /// Clicks with the mouse in the middle of what `selector` finds.
    pub fn click(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{
                const element = document.querySelector({selector:?});
                element.scrollIntoView({{block: 'center', behavior: 'instant'}});
                const box = element.getBoundingClientRect();
                return {{x: box.x + box.width / 2, y: box.y + box.height / 2}};
            }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Clicks on a link and waits until its page is loaded.
    pub fn follow(&mut self, selector: &str) {
        self.events.clear();
        self.click(selector);
        self.wait_for("Page.loadEventFired");
    }

    /// Presses and releases a key, such as `ArrowRight`, `Enter` or `Tab`.
    pub fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "Tab" => (9, ""),
            "End" => (35, ""),
            "ArrowLeft" => (37, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            " " => (32, " "),
            _ => panic!("no code on record for {key:?}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event =
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            if !text.is_empty() && kind == "keyDown" {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Puts `text` in place of what the focused field holds, as typing would.
    pub fn fill(&mut self, text: &str) {
        self.eval("document.activeElement.select()");
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Writes a picture of the whole page.
    pub fn screenshot(&mut self, path: &Path) {
        let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].take();
        let clip =
            json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        self.picture(path, clip);
    }

    /// Writes a picture of what `selector` finds.
    pub fn screenshot_of(&mut self, selector: &str, path: &Path) {
        let clip = self.eval(&format!(
            "(() => {{
                const box = document.querySelector({selector:?}).getBoundingClientRect();
                return {{x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height, scale: 1}};
            }})()"
        ));
        self.picture(path, clip);
    }

    fn picture(&mut self, path: &Path, clip: Value) {
        let params = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.call("Page.captureScreenshot", params);
        let picture = picture["data"].as_str().unwrap();
        let picture = base64::engine::general_purpose::STANDARD
            .decode(picture)
            .unwrap();
        std::fs::write(path, picture).unwrap();
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Asked, the browser ends all its processes; only then can its profile be removed.
        let close = json!({"id": 0, "method": "Browser.close"});
        if self.socket.send(Message::text(close.to_string())).is_ok() {
            let _ = self.log.recv_timeout(PATIENCE);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
