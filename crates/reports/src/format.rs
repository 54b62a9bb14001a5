//! The formats of reports, and how one is told from the other.

/// What a report is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JUnit's XML, also called xUnit.
    Junit,
    /// The Test Anything Protocol, with the kernel's variant.
    Tap,
}

impl Format {
    /// The format of this name in a request.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "junit" => Some(Self::Junit),
            "tap" => Some(Self::Tap),
            _ => None,
        }
    }

    /// Its name in requests and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Tap => "tap",
        }
    }

    /// The format of a text: what begins with `<` is XML, everything else may be TAP.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.trim_start().starts_with('<') {
            true => Self::Junit,
            false => Self::Tap,
        }
    }
}
