//! `wrk`, the load generator: found or installed, fed with a script per scenario, its report read.

use super::client::{AUTHORIZATION, JSON, Request};
use crate::progress::step;
use crate::run;
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// What one measurement gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Answers per second.
    pub per_second: f64,
    /// Half of the answers took no longer, in microseconds.
    pub p50_us: f64,
    /// 99 of 100 answers took no longer, in microseconds.
    pub p99_us: f64,
    /// Answers that were no success, and connections that broke.
    pub errors: u64,
}

/// Makes sure that `wrk` is there.
pub fn install() -> Result<()> {
    if run::which("wrk").is_some() {
        return Ok(());
    }
    if !run::may_install() {
        bail!("`wrk` is missing: as root on Debian, run `apt-get install -y wrk`");
    }
    step("apt-get install -y wrk");
    run::apt_install(&["wrk"])
}

/// Sends the requests in turn over so many connections for so many seconds.
pub fn measure(
    folder: &Path,
    address: &str,
    requests: &[Request],
    connections: u32,
    seconds: u32,
) -> Result<Measured> {
    let file = folder.join("requests.lua");
    std::fs::write(&file, script(requests))
        .with_context(|| format!("can't write `{}`", file.display()))?;
    let mut wrk = Command::new("wrk");
    wrk.args([
        "-t1",
        "--latency",
        &format!("-c{connections}"),
        &format!("-d{seconds}s"),
        "-s",
    ]);
    wrk.arg(&file).arg(format!("http://{address}/"));
    let report = String::from_utf8(run::output(&mut wrk)?).context("`wrk` wrote no text")?;
    read(&report).with_context(|| format!("`wrk` wrote something else:\n{report}"))
}

/// Formats every request once, at the start: the generator must not be what is measured.
fn script(requests: &[Request]) -> String {
    let mut text = String::from("local given = {\n");
    for request in requests {
        // Long brackets keep quotes and backslashes as they are. Writing to a string can't fail.
        let _ = match &request.body {
            None => writeln!(text, "{{\"GET\", [==[{}]==]}},", request.path),
            Some(body) => writeln!(
                text,
                "{{\"POST\", [==[{}]==], [==[{body}]==]}},",
                request.path
            ),
        };
    }
    let _ = write!(
        text,
        "}}
local formatted = {{}}
local place = 0
function init(args)
  for i, r in ipairs(given) do
    local headers = {{}}
    if r[3] then
      headers[\"Content-Type\"] = \"{JSON}\"
      headers[\"Authorization\"] = \"{AUTHORIZATION}\"
    end
    formatted[i] = wrk.format(r[1], r[2], headers, r[3])
  end
end
function request()
  place = place % #formatted + 1
  return formatted[place]
end
"
    );
    text
}

fn read(report: &str) -> Option<Measured> {
    let field = |name: &str| {
        let line = report
            .lines()
            .find_map(|line| line.trim().strip_prefix(name))?;
        line.split_whitespace().next()
    };
    let mut errors =
        field("Non-2xx or 3xx responses:").map_or(Some(0), |count| count.parse().ok())?;
    if let Some(line) = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("Socket errors:"))
    {
        let counts = line
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|count| count.parse::<u64>().ok());
        errors += counts.sum::<u64>();
    }
    Some(Measured {
        per_second: field("Requests/sec:")?.parse().ok()?,
        p50_us: microseconds(field("50%")?)?,
        p99_us: microseconds(field("99%")?)?,
        errors,
    })
}

/// Reads `1.23ms`.
fn microseconds(text: &str) -> Option<f64> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.strip_suffix(unit)?.parse().ok()?;
    let factor = match unit {
        "us" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        "m" => 6e7,
        _ => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 5s test @ http://127.0.0.1:3000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   612.00us  250.00us   9.87ms   91.50%
    Req/Sec    12.34k     1.02k   14.00k    70.00%
  Latency Distribution
     50%  570.00us
     75%  690.00us
     90%    0.85ms
     99%    1.62s
  61712 requests in 5.00s, 9.12MB read
Requests/sec:  12342.40
Transfer/sec:      1.82MB
";

    #[test]
    fn reports_are_read() {
        let good = Measured {
            per_second: 12_342.4,
            p50_us: 570.0,
            p99_us: 1_620_000.0,
            errors: 0,
        };
        assert_eq!(read(REPORT), Some(good));
        let failing = REPORT.replace(
            "Requests/sec",
            "  Socket errors: connect 0, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 7\nRequests/sec",
        );
        assert_eq!(read(&failing), Some(Measured { errors: 12, ..good }));
        assert_eq!(read("unable to connect"), None);
    }

    #[test]
    fn scripts_keep_bodies_as_they_are() {
        let request = Request {
            path: "/a?b=c".into(),
            body: Some("{\"k\":\"\\n\"}".into()),
        };
        let text = script(&[Request::get("/x"), request]);
        assert!(text.contains("{\"GET\", [==[/x]==]},"));
        assert!(text.contains("{\"POST\", [==[/a?b=c]==], [==[{\"k\":\"\\n\"}]==]},"));
    }
}
