//! What a failing store means to a client.

use crate::records;
use http_edge::Error;

impl From<records::Error> for Error {
    fn from(error: records::Error) -> Self {
        match error {
            records::Error::Unavailable(text) => Self::Unavailable(format!("store: {text}")),
            records::Error::Full(text) => Self::StoreFull(format!("store: {text}")),
            records::Error::ReadOnly(text) => Self::StoreReadOnly(format!("store: {text}")),
            records::Error::Denied(text) => Self::Internal(format!("store: {text}")),
        }
    }
}
