//! A YAML document → a subject type.

use super::attributes::{self, Attributes, Place};
use crate::domain::subject_type::SubjectType;
use crate::text::python::repr_str;
use yaml_tree::Node;

/// Reads a subject type document; any root tag is taken for `!SubjectType`.
pub(crate) fn read(node: &Node<'_>, place: Place<'_>) -> Result<SubjectType, String> {
    let mut from = Attributes::of(node, place, "SubjectType None")
        .ok_or("Expected mapping for !SubjectType tagged object")?;
    let id = from.required("id", attributes::string)?;
    from.label = format!("SubjectType {}", repr_str(&id));
    Ok(SubjectType {
        id,
        aliases: from
            .optional("aliases", attributes::strings)?
            .unwrap_or_default(),
        item_key: from.optional("item_key", attributes::string)?,
        is_koji_build: from
            .optional("is_koji_build", attributes::boolean)?
            .unwrap_or_default(),
        is_nvr: from
            .optional("is_nvr", attributes::boolean)?
            .unwrap_or_default(),
        ignore_missing_policy: from
            .optional("ignore_missing_policy", attributes::boolean)?
            .unwrap_or_default(),
        product_version_match: from
            .optional("product_version_match", attributes::dicts)?
            .unwrap_or_default(),
        product_version_from_koji_build_target: from
            .optional("product_version_from_koji_build_target", attributes::dicts)?
            .unwrap_or_default(),
        product_version: from.optional("product_version", attributes::string)?,
        item_dict: from
            .optional("item_dict", attributes::dict)?
            .unwrap_or_else(|| serde_json::json!({})),
        result_queries: from
            .optional("result_queries", attributes::dicts)?
            .unwrap_or_default(),
    })
}
