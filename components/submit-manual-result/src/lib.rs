//! `POST /api/v1/manual-results`: stores what a person found out by hand, as JSON or by the form that
//! `GET` shows, which a query may fill. Who records, and when, come from the request itself.
//!
//! Browsers send credentials along whoever made a form, so that the form is taken from its own page
//! alone. JSON they send to other sites only if those allow it, which nothing here does.

use endpoint::identity::Family;
use endpoint::records::NewResult;
use endpoint::results::manual::{self, MAX_BODY_BYTES, Recording};
use endpoint::results::once;
use endpoint::results::wire::ResultJson;
use endpoint::{Incoming, identity, now_us, permissions, settings};
use http_edge::body;
use http_edge::caller::Caller;
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::time::format_us;
use http_edge::{Error, Reply, Request, Result};
use pages::form::{Field, Form, Kind};
use pages::manual_form::{self, FIELDS, Notice, Recorded};
use serde_json::{Map, Value};
use std::rc::Rc;

endpoint::store!("submit-manual-result");

const NOT_FROM_HERE: &str =
    "It did not come from this page. Please send it again from here; programs post JSON instead.";

endpoint::serve!(answer);

/// Who is calling, and what there is to choose from.
struct Asker {
    caller: Caller,
    outcomes: Rc<[String]>,
    base: String,
}

async fn answer(incoming: Incoming) -> Result<Reply> {
    let request = &incoming.request;
    request.require_no_final_slash()?;
    method::allow(request, &["GET", "POST"], Style::Json)?;
    let base = settings::base_url(request).await?;
    let outcomes = settings::outcomes().await?;
    let asker = Asker {
        caller: identity::named_caller(request, Family::Results).await?,
        outcomes,
        base,
    };
    match request.method.as_str() {
        "POST" if body::is_form(request) => asker.take_form(incoming).await,
        "POST" => asker.take_json(incoming).await,
        _ => asker.show(request),
    }
}

impl Asker {
    fn show(&self, request: &Request) -> Result<Reply> {
        let form = self.form(&Query::parse(&request.query));
        let refusal = match form.text("testcase") {
            "" => None,
            test_case => self.why_not(test_case)?,
        };
        let notice = refusal.map_or(Notice::None, Notice::Denied);
        Ok(self.page(200, &form, notice))
    }

    async fn take_json(&self, incoming: Incoming) -> Result<Reply> {
        body::require_json(&incoming.request, Style::Json)?;
        let request = incoming.with_body(MAX_BODY_BYTES).await?;
        let key = once::key(&request, &self.caller)?;
        let result = self.result(&body::json(&request, Style::Json)?)?;
        if let Some(text) = self.why_not(&result.test_case)? {
            return Err(Error::message(403, &text));
        }
        let submission = store::result_writes::submit(&[result], key.as_ref())?;
        once::answer_one(&submission, |one| {
            Ok(Reply::json(201, &ResultJson::new(one, &self.base)?)?)
        })
    }

    async fn take_form(&self, incoming: Incoming) -> Result<Reply> {
        if !incoming.request.is_from_own_page(&self.base) {
            let notice = Notice::Refused(NOT_FROM_HERE.to_owned());
            return Ok(self.page(403, &self.form(&Query::default()), notice));
        }
        let request = incoming.with_body(MAX_BODY_BYTES).await?;
        let sent = Query::parse(&String::from_utf8_lossy(&request.body));
        let form = self.form(&sent);
        if let Some(text) = foreign(&sent) {
            return Ok(self.page(400, &form, Notice::Refused(text)));
        }
        let mistakes = form.mistakes();
        if !mistakes.is_empty() {
            return Ok(self.page(400, &form, Notice::Mistakes(mistakes)));
        }
        if let Some(text) = self.why_not(form.text("testcase"))? {
            return Ok(self.page(403, &form, Notice::Denied(text)));
        }
        let result = self.result(&as_json(&form))?;
        let key = once::key(&request, &self.caller)?;
        let submission = store::result_writes::submit(&[result], key.as_ref())?;
        once::answer_one(&submission, |one| {
            Ok(manual_form::recorded(&Recorded {
                id: one.id,
                user: &self.caller.user,
                time: &format_us(one.submit_time_us),
                form: &form,
            }))
        })
    }

    fn form(&self, query: &Query) -> Form {
        Form::read(&FIELDS, query).with_choices(&self.outcomes)
    }

    fn page(&self, status: u16, form: &Form, notice: Notice) -> Reply {
        manual_form::form(status, &self.caller.user, form, &notice)
    }

    fn result(&self, body: &Value) -> Result<NewResult> {
        let recording = Recording {
            user: &self.caller.user,
            now_us: now_us(),
            outcomes: &self.outcomes,
        };
        manual::parse(body, recording)
    }

    fn why_not(&self, test_case: &str) -> Result<Option<String>> {
        let rules = permissions::of_results()?;
        Ok(permissions::why_not_submit(&rules, &self.caller, test_case))
    }
}

/// What is said of a field that the form does not have: the page has not sent it.
fn foreign(sent: &Query) -> Option<String> {
    let names = sent.names();
    let is_known = |name: &str| FIELDS.iter().any(|field| field.name == name);
    let name = names.into_iter().find(|name| !is_known(name))?;
    Some(match manual::is_nobodys_choice(name) {
        true => format!("Field {name}: {}.", manual::IS_NOTED),
        false => format!("There is no field {name}."),
    })
}

/// What is filled in as the JSON that says the same.
fn as_json(form: &Form) -> Value {
    let filled = form.filled().filter(|(_, text)| !text.is_empty());
    let value = |field: &Field, text: &str| match field.kind {
        Kind::Links(_) => Field::lines(text).collect(),
        Kind::Line | Kind::Lines | Kind::Choice => Value::from(text),
    };
    let fields = filled.map(|(field, text)| (field.name.to_owned(), value(field, text)));
    Value::Object(fields.collect::<Map<_, _>>())
}
