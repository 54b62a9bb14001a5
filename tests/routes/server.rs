//! A little server on loopback that answers what a test tells it to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An answer.
#[derive(Clone)]
pub enum Reply {
    /// Status, headers, body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// As much as that later than it could be.
    Late(Duration, Box<Reply>),
    /// A body that never ends, a byte at a time.
    Drops,
    /// A body that never ends, as fast as it is taken.
    Endless,
    /// Half of the body that is announced.
    Half(&'static str),
    /// None: the connection is closed.
    Nothing,
}

impl Reply {
    /// A file.
    pub fn file(text: &str) -> Self {
        Self::Whole(200, Vec::new(), text.as_bytes().to_vec())
    }

    /// A status.
    pub fn status(status: u16) -> Self {
        Self::Whole(status, Vec::new(), b"for no reason".to_vec())
    }

    /// A redirect.
    pub fn redirect(location: &str) -> Self {
        Self::Whole(302, vec![("location", location.to_owned())], Vec::new())
    }

    /// A file with a version.
    pub fn version(etag: &str, text: &str) -> Self {
        Self::Whole(
            200,
            vec![("etag", etag.to_owned())],
            text.as_bytes().to_vec(),
        )
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// With its query.
    pub path: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    pub body: String,
}

#[derive(Default)]
struct State {
    replies: HashMap<String, Vec<Reply>>,
    asked: Vec<Asked>,
}

/// A running server; it ends with the test.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    state: Arc<Mutex<State>>,
    is_over: Arc<AtomicBool>,
}

impl Server {
    /// Starts; it answers 404 to everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (shared, over) = (state.clone(), is_over.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let shared = shared.clone();
                // One thread each: a slow answer keeps nobody else waiting.
                std::thread::spawn(move || answer(stream, &shared));
            }
        });
        Self {
            url,
            state,
            is_over,
        }
    }

    /// Answers a path with these, one after the other; the last one from then on.
    pub fn answer(&self, path: &str, replies: &[Reply]) {
        let mut state = self.state.lock().unwrap();
        state.replies.insert(path.to_owned(), replies.to_vec());
    }

    /// The requests for this path.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        let state = self.state.lock().unwrap();
        let asked = state.asked.iter().filter(|asked| asked.path == path);
        asked.cloned().collect()
    }

    /// All paths that were asked for, in order.
    pub fn paths(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state.asked.iter().map(|asked| asked.path.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let asked = read(&stream)?;
    let reply = {
        let mut state = state.lock().unwrap();
        let replies = state.replies.get_mut(&asked.path);
        let reply = match replies {
            Some(replies) if replies.len() > 1 => replies.remove(0),
            Some(replies) => replies[0].clone(),
            None => Reply::status(404),
        };
        state.asked.push(asked);
        reply
    };
    write(&stream, reply)
}

/// Reads a request to its end.
pub fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let path = lines.first().and_then(|line| line.split(' ').nth(1));
    let headers: HashMap<String, String> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length");
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body)?;
    Ok(Asked {
        path: path.unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}

fn write(mut stream: &TcpStream, reply: Reply) -> std::io::Result<()> {
    let endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n#";
    match reply {
        Reply::Nothing => Ok(()),
        Reply::Late(time, reply) => {
            std::thread::sleep(time);
            write(stream, *reply)
        }
        Reply::Drops => {
            stream.write_all(endless)?;
            loop {
                std::thread::sleep(Duration::from_millis(50));
                stream.write_all(b"#")?;
            }
        }
        Reply::Endless => {
            stream.write_all(endless)?;
            loop {
                stream.write_all(&[b'#'; 4096])?;
            }
        }
        Reply::Half(text) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                text.len() * 2
            );
            stream.write_all(head.as_bytes())?;
            stream.write_all(text.as_bytes())
        }
        Reply::Whole(status, headers, body) => {
            write_whole(stream, &format!("{status} So"), &headers, &body)
        }
    }
}

/// Writes an answer; its status comes with the words that follow the number.
pub fn write_whole(
    mut stream: &TcpStream,
    status: &str,
    headers: &[(&str, String)],
    body: &[u8],
) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(body)
}
