//! Tries what a host grants and limits, and answers what came of it. It is no part of the
//! application: the tests of the host serve it with grants and without.

use endpoint::Incoming;
use http_edge::query::Query;
use http_edge::{Error, Reply, Request, Result};
use spin_sdk::sqlite::wit::sqlite;
use spin_sdk::{http, key_value, variables};

endpoint::serve!(probe);

async fn probe(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    let outcome = match request.path.rsplit('/').next().unwrap_or_default() {
        "sqlite" => sqlite_answer(),
        "key-value" => key_value_answer().await,
        "variable" => variables::get("secret")
            .await
            .map_err(|error| error.to_string()),
        "file" => std::fs::read_to_string("/files/hello.txt").map_err(|error| error.to_string()),
        "write-file" => std::fs::write("/files/new.txt", "x")
            .map(|()| "written".to_owned())
            .map_err(|error| error.to_string()),
        "outbound" => outbound(&request).await,
        "headers" => Ok(headers(&request)),
        "memory" => Ok(format!("{}", fill_memory())),
        "loop" => Ok(format!("{}", work_for_ever())),
        "trap" => std::process::abort(),
        _ => return Err(Error::message(404, "Not found")),
    };
    Ok(match outcome {
        Ok(text) => Reply::text(200, &text),
        Err(text) => Reply::text(403, &text),
    })
}

fn sqlite_answer() -> std::result::Result<String, String> {
    let connection = sqlite::Connection::open("default").map_err(|error| error.to_string())?;
    let result = connection
        .execute("SELECT 6 * 7", &[])
        .map_err(|error| error.to_string())?;
    let value = result.rows.first().and_then(|row| row.values.first());
    match value {
        Some(sqlite::Value::Integer(number)) => Ok(number.to_string()),
        _ => Err("no number".to_owned()),
    }
}

async fn key_value_answer() -> std::result::Result<String, String> {
    let store = key_value::Store::open_default()
        .await
        .map_err(|error| error.to_string())?;
    store
        .set("k", b"kept")
        .await
        .map_err(|error| error.to_string())?;
    let value = store.get("k").await.map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&value.unwrap_or_default()).into_owned())
}

async fn outbound(request: &Request) -> std::result::Result<String, String> {
    let query = Query::parse(&request.query);
    let response = http::get(query.first("url").unwrap_or_default()).await;
    let response = response.map_err(|error| error.to_string())?;
    Ok(response.status().as_u16().to_string())
}

/// The headers that the host added, a line each.
fn headers(request: &Request) -> String {
    let added = request
        .headers
        .iter()
        .filter(|(name, _)| name.starts_with("spin-"));
    let mut lines: Vec<String> = added
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.sort();
    lines.join("\n")
}

/// Takes memory until there is no more.
fn fill_memory() -> usize {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    loop {
        blocks.push(vec![1; 1024 * 1024]);
        if blocks.len() > 4096 {
            return blocks.len();
        }
    }
}

/// Works until it is stopped. The number is used, so that the loop is not left out.
fn work_for_ever() -> u64 {
    let mut number: u64 = 1;
    while number != 0 {
        number = std::hint::black_box(number.wrapping_mul(3) | 1);
    }
    number
}
