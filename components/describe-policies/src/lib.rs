//! `GET /api/v1.0/policies` and `GET /api/v1.0/subject_types`: what gates ask for.

use endpoint::Incoming;
use endpoint::gates::GateAnswers;
use endpoint::policies::policies;
use gate::{PoliciesView, PolicyView, SubjectTypeView, SubjectTypesView};
use http_edge::method::{self, Style};
use http_edge::{Reply, Request, Result};

endpoint::serve!(describe);

async fn describe(incoming: Incoming) -> Result<Reply> {
    let request = incoming.request;
    let answers = GateAnswers::of(&request).await?;
    Ok(answers.finish(answer(&request)))
}

fn answer(request: &Request) -> Result<Reply> {
    request.require_no_final_slash()?;
    method::allow(request, &["GET"], Style::Json)?;
    let policies = policies()?;
    let set = &policies.set;
    Ok(
        match request.path.trim_end_matches('/').ends_with("/policies") {
            true => {
                let policies = set
                    .policies()
                    .iter()
                    .map(|policy| PolicyView::from(policy.as_ref()));
                Reply::json(
                    200,
                    &PoliciesView {
                        policies: policies.collect(),
                    },
                )?
            }
            false => {
                let types = set.subject_types_by_id();
                let subject_types = types.into_iter().map(SubjectTypeView::from).collect();
                Reply::json(200, &SubjectTypesView { subject_types })?
            }
        },
    )
}
