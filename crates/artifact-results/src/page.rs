//! The documentation as a page of HTML, made from the same tables as the checks. It needs nothing
//! from elsewhere: no script, no image, no other style.

use crate::artifact::ArtifactType;
use crate::field::{Field, Kind};
use crate::submission::OUTCOMES;
use crate::tables::COMMON;
use crate::url::MAX_URL_BYTES;
use crate::value::{MAX_ENTRIES, MAX_TEXT_CHARS};
use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "\
body { font-family: sans-serif; line-height: 1.5; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1b1b1b; background: #fff }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-weight: bold; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #bbb; padding: .3rem .6rem }
pre { background: #f2f2f2; padding: .8rem; overflow-x: auto }
code { background: #f2f2f2 }
";

/// The page. `base` is the URL of the API as clients see it, without a final slash:
/// `https://results.example.org/api/v3`.
#[must_use]
pub fn documentation(base: &str) -> String {
    let mut page = String::with_capacity(32 * 1024);
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str(
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Results API, version 3</title>\n<style>\n",
    );
    page.push_str(STYLE);
    page.push_str("</style>\n</head>\n<body>\n<main>\n<h1>Results API, version 3</h1>\n");
    introduction(&mut page);
    contents(&mut page);
    let title = "Fields of every result";
    page.push_str("<h2 id=\"common\">Fields of every result</h2>\n");
    table(&mut page, title, COMMON.iter());
    for artifact in ArtifactType::all() {
        section(&mut page, artifact, base);
    }
    permissions(&mut page, base);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// Text with the characters escaped that mean something in HTML.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn introduction(page: &mut String) {
    let outcomes = OUTCOMES.join(", ");
    write_to(
        page,
        format_args!(
            "<p>Each type of artifact has a path of its own. A result is sent as a JSON object; what is stored can be read \
             by version 2 of the API, where <code>type</code> says the type of the artifact. The outcomes are those that \
             <code>GET /api/v2.0</code> lists, and always {outcomes}; unlike in version 2 their case matters.</p>\n\
             <p>Whoever submits must say a name, and <a href=\"#permissions\">permissions</a> say for which test cases it may. \
             A mistake is answered with the status 400 and a list <code>validation_error</code>, a request without a name \
             with 401, one that is not permitted with 403.</p>\n\
             <p>A text has at most {MAX_TEXT_CHARS} characters, a list at most {MAX_ENTRIES} entries, a URL at most \
             {MAX_URL_BYTES} bytes. Fields that are not listed here are ignored. Optional fields may be null.</p>\n"
        ),
    );
}

fn contents(page: &mut String) {
    page.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
    page.push_str("<li><a href=\"#common\">Fields of every result</a></li>\n");
    for artifact in ArtifactType::all() {
        let plural = artifact.plural();
        write_to(
            page,
            format_args!("<li><a href=\"#{plural}\">POST /api/v3/results/{plural}</a></li>\n"),
        );
    }
    page.push_str("<li><a href=\"#permissions\">GET /api/v3/permissions</a></li>\n</ul>\n</nav>\n");
}

fn section(page: &mut String, artifact: &ArtifactType, base: &str) {
    let plural = artifact.plural();
    let description = escape(artifact.description);
    write_to(
        page,
        format_args!(
            "<h2 id=\"{plural}\">POST /api/v3/results/{plural}</h2>\n\
             <p>{description} The JSON Schema of the body is at \
             <a href=\"schemas/{plural}\">GET /api/v3/schemas/{plural}</a>.</p>\n"
        ),
    );
    let title = format!("Fields of {plural}");
    table(page, &title, artifact.own_fields.iter());
    let body = Value::Object(artifact.example());
    let request = format!(
        "curl -u USER {base}/results/{plural} \\\n  -H 'Content-Type: application/json' \\\n  -d '{body:#}'"
    );
    let request = escape(&request);
    write_to(
        page,
        format_args!("<p>A request with nothing but what is required:</p>\n<pre>{request}</pre>\n"),
    );
}

fn table<'f>(page: &mut String, title: &str, fields: impl Iterator<Item = &'f Field>) {
    write_to(
        page,
        format_args!(
            "<table>\n<caption>{title}</caption>\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Takes</th>\
             <th scope=\"col\">Required</th><th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n"
        ),
    );
    for field in fields {
        let example = match field.example.value() {
            Value::String(text) => text,
            other => other.to_string(),
        };
        write_to(
            page,
            format_args!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{} Example: <code>{}</code></td></tr>\n",
                field.name,
                takes(field.kind),
                if field.is_required { "yes" } else { "no" },
                escape(field.description),
                escape(&example),
            ),
        );
    }
    page.push_str("</tbody>\n</table>\n");
}

fn takes(kind: Kind) -> &'static str {
    match kind {
        Kind::Outcome => "an outcome",
        Kind::Text => "text",
        Kind::Name => "text, not empty",
        Kind::Url => "an http or https URL",
        Kind::Email => "an e-mail address",
        Kind::Integer => "a whole number",
        Kind::Truth => "true or false",
        Kind::Texts => "a list of texts",
    }
}

fn permissions(page: &mut String, base: &str) {
    let request = escape(&format!("curl '{base}/permissions?testcase=dist.rpmlint'"));
    write_to(
        page,
        format_args!(
            "<h2 id=\"permissions\">GET /api/v3/permissions</h2>\n\
             <p>Lists who may submit for which test cases: <code>users</code> and <code>groups</code> for the patterns in \
             <code>testcases</code>, without those in <code>testcases_ignore</code>. The user <code>*</code> stands for \
             whoever says a name. The parameter <code>testcase</code> leaves only the entries that are about the test case \
             of this name.</p>\n<pre>{request}</pre>\n"
        ),
    );
}

fn write_to(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = page.write_fmt(text);
}
