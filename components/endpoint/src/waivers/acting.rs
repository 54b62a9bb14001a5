//! In whose name somebody acts on waivers, and whether that person may.

use crate::{permissions, settings};
use http_edge::caller::Caller;
use http_edge::{Error, Result};

/// A person, and who acts on that person's behalf.
pub struct Acting {
    /// In whose name it is. Of another person's groups nothing is known: a proxy lends nothing of its
    /// own.
    pub person: Caller,
    /// The caller, if the person is another one.
    pub proxied_by: Option<String>,
}

impl Acting {
    /// The caller, or the person that the body names, if the caller is a superuser.
    ///
    /// # Errors
    /// 403 if it names one and the caller is none; internal without the variable `superusers`.
    pub async fn of(caller: Caller, username: Option<String>) -> Result<Self> {
        let superusers = match username {
            Some(_) => settings::superusers().await?,
            None => Vec::new(),
        };
        let text = format!(
            "user {} does not have the proxyuser ability: leave out `username`",
            caller.user
        );
        let acting = Self::among(&superusers, caller, username);
        acting.ok_or_else(|| Error::message(403, &text))
    }

    /// As [`Self::of`], if the superusers are known; `None` if the body names a person and the caller
    /// is none of them.
    #[must_use]
    pub fn among(superusers: &[String], caller: Caller, username: Option<String>) -> Option<Self> {
        match username {
            None => Some(Self {
                person: caller,
                proxied_by: None,
            }),
            Some(user) => superusers.contains(&caller.user).then(|| Self {
                person: Caller {
                    user,
                    groups: Vec::new(),
                    method: caller.method,
                },
                proxied_by: Some(caller.user),
            }),
        }
    }

    /// Why the person may not waive results of the test case; `None` if that is allowed.
    ///
    /// # Errors
    /// When the permissions can't be read.
    pub fn why_not_waive(&self, testcase: &str) -> Result<Option<String>> {
        let rules = permissions::of_waivers()?;
        Ok(permissions::why_not_waive(&rules, &self.person, testcase))
    }
}
