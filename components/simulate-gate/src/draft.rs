//! From the texts of a draft to policies. What is in force is only looked at for its subject types.

use endpoint::policies::Policies;
use endpoint::records::PolicyDocument;
use gate::load::policy_set::SUBJECT_TYPES;
use gate::simulate::body;
use http_edge::{Error, Result};

/// The policies of a draft, with the subject types in force if it has none.
///
/// # Errors
/// 400 with all that is wrong with its files.
pub fn load(files: &[(String, String)], in_force: &Policies) -> Result<Policies> {
    let is_of_subject_types = |path: &str| path.starts_with(SUBJECT_TYPES);
    let own = files.iter().map(|(path, text)| PolicyDocument {
        path: path.clone(),
        text: text.clone(),
    });
    let mut documents: Vec<PolicyDocument> = own.collect();
    if !documents.iter().any(|one| is_of_subject_types(&one.path)) {
        let kept = in_force.documents.iter();
        documents.extend(kept.filter(|one| is_of_subject_types(&one.path)).cloned());
    }
    let draft = Policies::read(documents).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Error::bad_request(&format!("Failed to read the draft: {}", errors.join("; ")))
    })?;
    body::check_patterns(&draft.set).map_err(|text| Error::bad_request(&text))?;
    Ok(draft)
}
