//! One method of one path, put together piece by piece.

use crate::put::put;
use crate::responses::Style;
use crate::{parameters, responses, schemas};
use serde_json::{Map, Value, json};

/// One method of one path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// As in the document, with `{name}` for a part that varies.
    pub path: &'static str,
    /// Lower case.
    pub method: &'static str,
    json: Map<String, Value>,
    parameters: Vec<Value>,
    responses: Map<String, Value>,
    headers: Vec<(&'static str, &'static str)>,
    is_shared: bool,
    shares: Vec<(&'static str, &'static str)>,
}

impl Operation {
    /// A `GET`, which may go wrong in `style`. `id` names it for programs, `summary` for people.
    pub fn get(tag: &str, path: &'static str, id: &str, style: Style, summary: &str) -> Self {
        Self::new("get", tag, path, id, style, summary)
    }

    /// As [`Operation::get`], with a JSON body whose schema is `schema`.
    pub fn post(
        tag: &str,
        path: &'static str,
        id: &str,
        style: Style,
        summary: &str,
        schema: &str,
    ) -> Self {
        Self::new("post", tag, path, id, style, summary)
            .body("application/json", &schemas::reference(schema))
            .answer(413, responses::too_large())
            .answer(415, responses::unsupported_media_type(style))
    }

    /// As [`Operation::get`], with the fields of a form as its body.
    pub fn form(
        tag: &str,
        path: &'static str,
        id: &str,
        style: Style,
        summary: &str,
        fields: &Value,
    ) -> Self {
        Self::new("post", tag, path, id, style, summary)
            .body("application/x-www-form-urlencoded", fields)
            .answer(413, responses::message("The form is too large."))
            .answer(415, responses::message("The body is no form."))
    }

    /// As [`Operation::get`], with text as its body.
    pub fn of_text(
        tag: &str,
        path: &'static str,
        id: &str,
        style: Style,
        summary: &str,
        media_type: &str,
        schema: &Value,
    ) -> Self {
        Self::new("post", tag, path, id, style, summary).body(media_type, schema)
    }

    /// With the body in another media type.
    pub fn also_takes(mut self, media_type: &str, schema: &Value) -> Self {
        if let Some(body) = self.json.get_mut("requestBody") {
            put(body, &["content", media_type], json!({ "schema": schema }));
        }
        self
    }

    fn body(mut self, media_type: &str, schema: &Value) -> Self {
        let body = json!({ "required": true, "content": { media_type: { "schema": schema } } });
        self.json.insert("requestBody".to_owned(), body);
        self
    }

    fn new(
        method: &'static str,
        tag: &str,
        path: &'static str,
        id: &str,
        style: Style,
        summary: &str,
    ) -> Self {
        let mut json = Map::new();
        json.insert("operationId".to_owned(), id.into());
        json.insert("tags".to_owned(), json!([tag]));
        json.insert("summary".to_owned(), summary.into());
        let operation = Self {
            path,
            method,
            json,
            parameters: Vec::new(),
            responses: Map::new(),
            headers: Vec::new(),
            is_shared: false,
            shares: Vec::new(),
        };
        operation
            .answer(405, responses::method_not_allowed(style))
            .answer(500, responses::internal())
    }

    /// With more words.
    pub fn describe(mut self, text: impl Into<String>) -> Self {
        self.json
            .insert("description".to_owned(), Value::String(text.into()));
        self
    }

    /// With these parameters.
    pub fn parameters(mut self, parameters: impl IntoIterator<Item = Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// With an answer.
    pub fn answer(mut self, status: u16, response: Value) -> Self {
        self.responses.insert(status.to_string(), response);
        self
    }

    /// With the answer of a store that does not answer.
    pub fn uses_store(self) -> Self {
        self.answer(503, responses::unavailable())
    }

    /// With headers, name and text, on every answer that is the endpoint's own.
    pub fn headers(mut self, headers: &[(&'static str, &'static str)]) -> Self {
        self.headers.extend(headers);
        self
    }

    /// With named examples of the body.
    pub fn examples(mut self, examples: &[(&str, Value)]) -> Self {
        let examples: Map<String, Value> = examples
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!({ "value": value })))
            .collect();
        let media = self.json.get_mut("requestBody");
        if let Some(media) = media.and_then(|body| body.pointer_mut("/content/application~1json")) {
            put(media, &["examples"], examples);
        }
        self
    }

    /// With the header `Idempotency-Key`, whose meaning `text` tells.
    pub fn idempotent(self, text: &str) -> Self {
        self.parameters([parameters::idempotency_key(text)])
    }

    /// With the answers to a key that was used before.
    pub fn replays(mut self) -> Self {
        if let Some(created) = self.responses.get_mut("201") {
            let mark = responses::replayed();
            put(created, &["headers", "Idempotency-Replayed"], mark);
        }
        self.answer(
            422,
            responses::message("The key was used for a request with another body."),
        )
    }

    /// With what callers must show, any of which is enough.
    pub fn security(mut self, requirements: Value) -> Self {
        self.json.insert("security".to_owned(), requirements);
        self
    }

    /// With the header that lets other sites' pages read every answer that is the endpoint's own.
    pub fn shared(mut self) -> Self {
        self.is_shared = true;
        self
    }

    /// With one more header, name and text, where the answer may be read by other sites' pages.
    pub fn shares(mut self, name: &'static str, text: &'static str) -> Self {
        self.shares.push((name, text));
        self
    }

    /// The operation as the document has it.
    pub fn into_json(mut self) -> Value {
        for (status, response) in &mut self.responses {
            // What fails behind the endpoint does not pass its code again.
            if matches!(status.as_str(), "500" | "503") {
                continue;
            }
            for (name, text) in &self.headers {
                put(response, &["headers", name], responses::header(text));
            }
            if self.is_shared {
                let place = ["headers", "Access-Control-Allow-Origin"];
                put(response, &place, responses::shared());
            }
            for (name, text) in &self.shares {
                put(response, &["headers", name], responses::shared_header(text));
            }
        }
        if !self.parameters.is_empty() {
            self.json
                .insert("parameters".to_owned(), self.parameters.into());
        }
        self.json
            .insert("responses".to_owned(), self.responses.into());
        self.json.into()
    }
}
