//! A real browser, driven over its debugging pipe.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// How long the browser may take for an answer before the test fails.
const DEADLINE: Duration = Duration::from_secs(120);

/// How a page is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) width: u32,
    pub(crate) scripts: bool,
    pub(crate) dark: bool,
}

/// A browser without a window.
pub(crate) struct Chromium {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    /// The number of the last command.
    last: u64,
    /// What the browser has told without being asked.
    events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// Starts the browser.
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The browser reads commands from descriptor 3 and writes messages to 4: the shell puts the pipes there.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null", "sh"]);
        command.args(["chromium", "--headless", "--remote-debugging-pipe"]);
        command.args(["--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        command.args(["--disable-background-networking", "--hide-scrollbars"]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        if nix::unistd::geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("a shell is on every system");
        let (sender, messages) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for message in output.split(0) {
                let Ok(message) = message else { return };
                let message = serde_json::from_slice(&message).unwrap();
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self {
            commands: child.stdin.take().unwrap(),
            child,
            messages,
            last: 0,
            events: Vec::new(),
            _profile: profile,
        }
    }

    /// Opens a page and waits until it is there.
    pub(crate) fn open(&mut self, page: &Path, view: View) -> Tab<'_> {
        let target = self.command(None, "Target.createTarget", json!({ "url": "about:blank" }));
        let attached = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.command(None, "Target.attachToTarget", attached);
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let mut tab = Tab {
            browser: self,
            session,
        };
        tab.prepare(view);
        tab.browser.events.clear();
        tab.command(
            "Page.navigate",
            json!({ "url": format!("file://{}", page.display()) }),
        );
        tab.wait_for("Page.loadEventFired");
        tab
    }

    /// Gives a command and returns its result.
    fn command(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        if self.commands.write_all(&bytes).is_err() {
            missing();
        }
        loop {
            let message = self.message();
            if message["id"] == self.last {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn message(&self) -> Value {
        match self.messages.recv_timeout(DEADLINE) {
            Ok(message) => message,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("chromium gives no answer"),
            Err(mpsc::RecvTimeoutError::Disconnected) => missing(),
        }
    }
}

/// Fails the test with the way to make it work.
fn missing() -> ! {
    panic!(
        "chromium does not start; install it with `sudo apt-get install chromium poppler-utils`, or let `cargo xtask \
         test` do it"
    );
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

/// A page that is open.
pub(crate) struct Tab<'a> {
    browser: &'a mut Chromium,
    session: String,
}

impl Tab<'_> {
    fn prepare(&mut self, view: View) {
        for domain in ["Page", "Network", "Runtime", "Log"] {
            self.command(&format!("{domain}.enable"), json!({}));
        }
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": view.width, "height": 900, "deviceScaleFactor": 1, "mobile": view.width < 600 }),
        );
        self.command(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !view.scripts }),
        );
        let scheme = if view.dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.command(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
    }

    fn command(&mut self, method: &str, params: Value) -> Value {
        let session = self.session.clone();
        self.browser.command(Some(&session), method, params)
    }

    fn wait_for(&mut self, event: &str) {
        while !self
            .browser
            .events
            .iter()
            .any(|seen| seen["method"] == event)
        {
            let message = self.browser.message();
            self.browser.events.push(message);
        }
    }

    /// Returns what an expression is on the page; it is evaluated from outside, whether or not the page may run scripts.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let answer = self.command("Runtime.evaluate", asked);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// Prints the page to a file.
    pub(crate) fn print(&mut self, file: &Path) {
        let asked = json!({ "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69 });
        let answer = self.command("Page.printToPDF", asked);
        std::fs::write(file, decode(&answer)).unwrap();
    }

    /// Takes a picture of the page's top.
    pub(crate) fn picture(&mut self, width: u32, height: u32) -> Vec<u8> {
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let asked = json!({ "clip": clip, "captureBeyondViewport": true });
        decode(&self.command("Page.captureScreenshot", asked))
    }

    /// Returns the addresses that were asked for.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.events("Network.requestWillBeSent");
        requests
            .map(|event| {
                event["params"]["request"]["url"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    /// Returns what the browser has to say against the page: errors, warnings, and whatever a script writes or throws.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let methods = [
            "Log.entryAdded",
            "Runtime.consoleAPICalled",
            "Runtime.exceptionThrown",
            "Page.javascriptDialogOpening",
        ];
        let events = methods.into_iter().flat_map(|method| self.events(method));
        events.map(|event| event["params"].to_string()).collect()
    }

    fn events<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a Value> {
        let events = self.browser.events.iter();
        events.filter(move |event| event["method"] == method && event["sessionId"] == *self.session)
    }
}

fn decode(answer: &Value) -> Vec<u8> {
    STANDARD.decode(answer["data"].as_str().unwrap()).unwrap()
}
