//! A browser for tests: headless Chromium, driven by chromedriver over the WebDriver protocol, which
//! is a few JSON requests. Without the two programs a test is skipped, visibly, or fails when
//! `CI=true`.

use crate::harness::try_send;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How often to look for something, 20 ms apart.
const MAX_LOOKS: usize = 1_500;

/// The key of an element's id in answers, which the protocol fixes.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window and a profile of its own. It ends with the test.
pub struct Browser {
    driver: Child,
    url: String,
    session: String,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the browser itself; the driver alone would leave it behind.
        let session = format!("/session/{}", self.session);
        let _ = try_send(&self.url, "DELETE", &session, &[], "");
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Whether this comes true.
fn look_for(mut what: impl FnMut() -> bool) -> bool {
    (0..MAX_LOOKS).any(|_| {
        let found = what();
        if !found {
            std::thread::sleep(Duration::from_millis(20));
        }
        found
    })
}

fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|file| file.is_file())
}

/// The lowest ratio of contrast between a text and what is behind it (WCAG 2), over all texts.
const LOWEST_CONTRAST: &str = "
    const light = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const [r, g, b, a] = parts(getComputedStyle(e).backgroundColor);
            if (a !== 0) return [r, g, b];
        }
        return [255, 255, 255];
    };
    let lowest = 99;
    for (const e of document.querySelectorAll('main *, header *')) {
        const has_text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.value;
        if (!has_text) continue;
        const [a, b] = [luminance(parts(getComputedStyle(e).color)), luminance(behind(e))];
        lowest = Math.min(lowest, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
    }
    return lowest;";

impl Browser {
    /// Starts one with a window of this size in CSS pixels. `None` where there is no browser.
    pub fn start(width: u32, height: u32) -> Option<Self> {
        let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(chromium), Some(driver)) = (chromium, program(&["chromedriver"])) else {
            let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!is_ci, "chromium and chromedriver are not on the PATH");
            eprintln!("SKIPPED: chromium and chromedriver are not on the PATH");
            return None;
        };
        Some(Self::launch(&chromium, &driver, width, height))
    }

    fn launch(chromium: &Path, driver: &Path, width: u32, height: u32) -> Self {
        let profile = TempDir::new().expect("a folder");
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .env("HOME", profile.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(driver.stdout.take().expect("stdout")).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver listens").expect("a line");
            if let Some((_, port)) = line.split_once("on port ")
                && line.contains("started successfully")
            {
                break port.trim_end_matches('.').to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        let mut browser = Self {
            driver,
            url: format!("http://127.0.0.1:{port}"),
            session: String::new(),
            _profile: profile,
        };
        let arguments = [
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-first-run".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--window-size={width},{height}"),
            format!(
                "--user-data-dir={}",
                browser._profile.path().join("profile").display()
            ),
        ];
        let options = json!({ "binary": chromium, "args": arguments });
        let capabilities = json!({ "alwaysMatch": { "goog:chromeOptions": options } });
        let session = browser.send("POST", "/session", &json!({ "capabilities": capabilities }));
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        browser
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let headers = [("content-type", "application/json")];
        let body = match method {
            "GET" => String::new(),
            _ => body.to_string(),
        };
        let answer =
            try_send(&self.url, method, path, &headers, &body).expect("chromedriver answers");
        assert_eq!(answer.status, 200, "{method} {path} {body}: {answer:?}");
        answer.json()["value"].clone()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.send("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn get(&self, path: &str) -> Value {
        let path = format!("/session/{}{path}", self.session);
        self.send("GET", &path, &Value::Null)
    }

    /// Opens a page and waits until it is loaded.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// The window's URL.
    pub fn url(&self) -> String {
        self.get("/url").as_str().expect("a URL").to_owned()
    }

    fn element(&self, selector: &str) -> String {
        let found = self.post(
            "/element",
            &json!({ "using": "css selector", "value": selector }),
        );
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    /// Types into the element, as its user does.
    pub fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": text }),
        );
    }

    /// Types where the focus is. `\u{e004}` is the tabulator key.
    pub fn type_keys(&self, keys: &str) {
        let element = self.get("/element/active")[ELEMENT].clone();
        let element = element.as_str().expect("an active element");
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": keys }),
        );
    }

    /// Types keys that open another page, and waits for that.
    pub fn leave_by_keys(&self, keys: &str) {
        self.leave(|| self.type_keys(keys));
    }

    /// Clicks on what opens another page, and waits for that. The driver waits only for what has begun
    /// when it looks, which is not always so on a busy machine.
    pub fn leave_by_click(&self, selector: &str) {
        self.leave(|| self.click(selector));
    }

    /// Waits until this page is gone and the next one is loaded.
    fn leave(&self, act: impl FnOnce()) {
        let page = self.element("html");
        let path = format!("/session/{}/element/{page}/name", self.session);
        act();
        let is_gone = || {
            let answer = try_send(&self.url, "GET", &path, &[], "").expect("chromedriver answers");
            answer.status != 200
        };
        assert!(look_for(is_gone), "this opens no other page");
        let is_loaded = || self.evaluate("return document.readyState") == "complete";
        assert!(look_for(is_loaded), "the page is never complete");
    }

    /// Clicks on the element, which opens no other page.
    pub fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// That the element with this id has the focus, or gets it: a page gives it when it is drawn.
    #[track_caller]
    pub fn check_focus(&self, id: &str) {
        let focus = || self.evaluate("return document.activeElement.id");
        assert!(look_for(|| focus() == id), "{} and not {id}", focus());
    }

    /// What the element shows.
    pub fn text(&self, selector: &str) -> String {
        let element = self.element(selector);
        let text = self.get(&format!("/element/{element}/text"));
        text.as_str().expect("a text").to_owned()
    }

    /// The name that the browser gives the element for assistive programs.
    pub fn label(&self, selector: &str) -> String {
        let element = self.element(selector);
        let label = self.get(&format!("/element/{element}/computedlabel"));
        label.as_str().expect("a label").to_owned()
    }

    /// What a function's body in JavaScript returns.
    pub fn evaluate(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Takes a picture of the whole page into the folder that `SLUICEGATE_SCREENSHOTS` names, for
    /// people to look at; without the variable nothing.
    pub fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("SLUICEGATE_SCREENSHOTS") else {
            return;
        };
        let options = json!({ "captureBeyondViewport": true });
        let picture = self.command("Page.captureScreenshot", &options);
        let picture = STANDARD.decode(picture["data"].as_str().expect("a picture"));
        let file = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(file, picture.expect("base64")).expect("the picture is written");
    }

    /// Without scripts a page does only what its HTML says; the driver's own scripts still run.
    pub fn stop_scripts(&self) {
        self.command(
            "Emulation.setScriptExecutionDisabled",
            &json!({ "value": true }),
        );
    }

    /// That a form's page, with its mistakes, shows all of it in a narrow window, in light and dark
    /// colours. The dark one stays.
    #[track_caller]
    pub fn check_narrow_and_dark(&self, name: &str, url: &str) {
        let size = json!({ "width": 320, "height": 700, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", &size);
        for scheme in ["light", "dark"] {
            let media =
                json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            self.command("Emulation.setEmulatedMedia", &media);
            self.open(url);
            self.leave_by_click("button");
            self.picture(&format!("{name}-{scheme}"));
            assert_eq!(self.evaluate("return innerWidth"), 320);
            let width = self.evaluate("return document.documentElement.scrollWidth");
            assert_eq!(width, 320, "nothing is wider than the window");
            let contrast = self.evaluate(LOWEST_CONTRAST).as_f64().unwrap();
            assert!((4.5..99.0).contains(&contrast), "{scheme}: {contrast}");
        }
    }

    /// That a form's fields, by id and label, have a hint each and follow each other, and the button
    /// them.
    #[track_caller]
    pub fn check_names_and_order(&self, url: &str, fields: &[(&str, &str)], button: &str) {
        self.open(url);
        // From the link in the header, the tabulator key goes through the fields to the button.
        self.evaluate("document.querySelector('header a').focus()");
        for (id, label) in fields {
            assert_eq!(self.label(&format!("#{id}")), *label);
            self.type_keys("\u{e004}");
            self.check_focus(id);
            let hint = format!(
                "return document.getElementById('{id}').ariaDescribedByElements?.length ?? document.querySelectorAll('#{id}-hint').length"
            );
            assert_eq!(self.evaluate(&hint), 1, "{id}");
        }
        self.type_keys("\u{e004}");
        assert_eq!(
            self.evaluate("return document.activeElement.textContent"),
            button
        );
        assert_eq!(self.evaluate("return document.documentElement.lang"), "en");
    }

    /// A command of Chromium's own protocol.
    pub fn command(&self, name: &str, parameters: &Value) -> Value {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": name, "params": parameters }),
        )
    }
}
