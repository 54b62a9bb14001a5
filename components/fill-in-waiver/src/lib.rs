//! `GET /api/v1.0/waivers/new`: a form for a new waiver, which a query may fill. `POST` takes it.
//! `GET /api/v1.0/waivers/create` is its older address.
//!
//! It is for people in a browser, so it wants to know who they are, answers pages, and takes the
//! form from its own page alone: browsers send credentials along whoever made the form.

use endpoint::identity::Family;
use endpoint::records::NewWaiver;
use endpoint::waivers::subject::stored_type;
use endpoint::waivers::wire::PREFIX;
use endpoint::{Incoming, identity, permissions, settings};
use http_edge::body::is_form;
use http_edge::caller::Caller;
use http_edge::method::{self, Style};
use http_edge::query::Query;
use http_edge::{Error, Reply, Request, Result};
use pages::form::Form;
use pages::waiver_form::{self, Created, FIELDS, Notice};

endpoint::store!("fill-in-waiver");

/// How large a form's body may be, in bytes: each field at its longest, percent-encoded. More is a 413.
const MAX_FORM_BYTES: usize = 1024 * 1024;

const NOT_FROM_HERE: &str = "It did not come from this page. Please send it again from here; \
     programs post JSON to /api/v1.0/waivers/ instead.";

endpoint::serve!(answer);

async fn answer(incoming: Incoming) -> Result<Reply> {
    let request = &incoming.request;
    request.require_no_final_slash()?;
    let base = settings::base_url(request).await?;
    if request.path.ends_with("/create") {
        return moved(request, &base);
    }
    method::allow(request, &["GET", "POST"], Style::Html)?;
    let caller = identity::named_caller(request, Family::Waivers).await?;
    match request.method.as_str() {
        "POST" => submit(incoming, &caller, &base).await,
        _ => show(request, &caller),
    }
}

/// The redirect from the older address.
fn moved(request: &Request, base: &str) -> Result<Reply> {
    method::allow(request, &["GET"], Style::Html)?;
    let location = request.url_of(base, &format!("{PREFIX}/waivers/new"));
    Ok(Reply::redirect(302, location))
}

fn show(request: &Request, caller: &Caller) -> Result<Reply> {
    let form = Form::read(&FIELDS, &Query::parse(&request.query));
    let refusal = match form.text("testcase") {
        "" => None,
        testcase => {
            let rules = permissions::of_waivers()?;
            permissions::why_not_waive(&rules, caller, testcase)
                .or_else(|| permissions::why_not_alone(&rules, testcase))
        }
    };
    let notice = refusal.map_or(Notice::None, Notice::Denied);
    Ok(waiver_form::form(200, &caller.user, &form, &notice))
}

async fn submit(incoming: Incoming, caller: &Caller, base: &str) -> Result<Reply> {
    let page =
        |status, form: &Form, notice| Ok(waiver_form::form(status, &caller.user, form, &notice));
    if !incoming.request.is_from_own_page(base) {
        let notice = Notice::Refused(NOT_FROM_HERE.to_owned());
        return page(403, &Form::empty(&FIELDS), notice);
    }
    let request = incoming.with_body(MAX_FORM_BYTES).await?;
    let form = Form::read(&FIELDS, &body(&request)?);
    let mistakes = form.mistakes();
    if !mistakes.is_empty() {
        return page(400, &form, Notice::Mistakes(mistakes));
    }
    let rules = permissions::of_waivers()?;
    let testcase = form.text("testcase");
    let refusal = permissions::why_not_waive(&rules, caller, testcase);
    let alone = || permissions::why_not_alone(&rules, testcase);
    if let Some(text) = refusal.or_else(alone) {
        return page(403, &form, Notice::Denied(text));
    }
    let stored = store::waiver_writes::submit(&[waiver(&form, caller)])?;
    let waiver = stored.first();
    let waiver = waiver.ok_or_else(|| Error::Internal("the store returned no waiver".into()))?;
    Ok(waiver_form::created(&Created {
        id: waiver.id,
        subject_type: &waiver.subject_type,
        username: &waiver.username,
        form: &form,
    }))
}

fn body(request: &Request) -> Result<Query> {
    if !is_form(request) {
        let text = "This is for the form. Programs post JSON to /api/v1.0/waivers/.";
        return Err(Error::message(415, text));
    }
    Ok(Query::parse(&String::from_utf8_lossy(&request.body)))
}

fn waiver(form: &Form, caller: &Caller) -> NewWaiver {
    let text = |name| form.text(name).to_owned();
    NewWaiver {
        subject_type: stored_type(text("subject_type")),
        subject_identifier: text("subject_identifier"),
        testcase: text("testcase"),
        username: caller.user.clone(),
        scenario: Some(text("scenario")).filter(|scenario| !scenario.is_empty()),
        proxied_by: None,
        product_version: text("product_version"),
        waived: true,
        comment: text("comment"),
        timestamp_us: endpoint::now_us(),
        terms: None,
    }
}
