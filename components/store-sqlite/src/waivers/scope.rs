//! The limits of a waiver as JSON text in one column. The same limits make the same text, so that
//! SQL compares them as texts: lists are sorted and without repetitions, and what is not limited is
//! left out.

use crate::database::Failure;
use crate::row::Columns;
use crate::statement::unique;
use endpoint::records::WaiverTerms;
use serde_json::{Map, Value as Json};

/// The key of the patterns of product versions.
pub const PRODUCT_VERSIONS: &str = "product_versions";

/// Puts the lists into the order in which they are stored.
pub fn put_in_order(terms: &mut WaiverTerms) {
    unique(&mut terms.contexts);
    unique(&mut terms.product_versions);
}

/// The text for the column; `None` without limits. The lists are in order.
pub fn to_text(terms: &WaiverTerms) -> Option<String> {
    let mut scope = Map::new();
    for (key, list) in [
        ("contexts", &terms.contexts),
        (PRODUCT_VERSIONS, &terms.product_versions),
    ] {
        if !list.is_empty() {
            scope.insert(key.to_owned(), Json::from(list.as_slice()));
        }
    }
    for (key, value) in [
        ("architecture", &terms.architecture),
        ("variant", &terms.variant),
    ] {
        if let Some(value) = value {
            scope.insert(key.to_owned(), Json::from(value.as_str()));
        }
    }
    (!scope.is_empty()).then(|| Json::Object(scope).to_string())
}

/// The next columns: `needs_approval`, `expires_us`, `scope`, `reason` and `link`.
///
/// # Errors
/// When a column has another type, or the scope is not what [`to_text`] writes.
pub fn terms(columns: &mut Columns) -> Result<Option<WaiverTerms>, Failure> {
    let needs_approval = columns.integer()? != 0;
    let expires_us = columns.optional_integer()?;
    let scope = columns.optional_text()?;
    let reason = columns.optional_text()?;
    let link = columns.optional_text()?;
    let Some(reason) = reason else {
        return Ok(None);
    };
    let scope: Json = match scope {
        Some(text) => serde_json::from_str(&text)
            .map_err(|error| Failure::Database(format!("stored limits: {error}")))?,
        None => Json::Null,
    };
    let list = |key: &str| {
        let list = scope
            .get(key)
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        list.filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let text = |key: &str| scope.get(key).and_then(Json::as_str).map(str::to_owned);
    Ok(Some(WaiverTerms {
        contexts: list("contexts"),
        product_versions: list(PRODUCT_VERSIONS),
        architecture: text("architecture"),
        variant: text("variant"),
        reason,
        link,
        expires_us,
        needs_approval,
    }))
}
