//! One entry of the permissions, as operators write it and as clients read it.

use serde::Serialize;

/// Who may submit for which test cases. A list that is not written differs from an empty one only in
/// what clients read. Keys in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Permission, description = "Who may submit for which test cases."))]
pub struct Entry {
    /// `required` if a second person must approve of waivers for these test cases, whoever asks for
    /// them and by whichever entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub approval: Option<String>,
    /// Patterns of decision contexts: `approval` is about waivers that hold for one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub contexts: Option<Vec<String>>,
    /// What the entry is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub description: Option<String>,
    /// Groups whose members may submit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub groups: Option<Vec<String>>,
    /// Whom to ask about it. It grants nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub maintainers: Option<Vec<String>>,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub name: Option<String>,
    /// Patterns of the test cases that it is about. Without any it is about none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub testcases: Option<Vec<String>>,
    /// Patterns of test cases that it is not about even if `testcases` has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub testcases_ignore: Option<Vec<String>>,
    /// Users who may submit; `*` stands for whoever has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub users: Option<Vec<String>>,
}
