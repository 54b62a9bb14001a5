//! The results of a report as the store takes them, written while the report is read, so that no case
//! is kept. What they are together is written last, so it is also the newest of them.

use endpoint::results::report::{MAX_DATA_VALUES, MAX_RESULTS_BYTES};
use reports::{Case, Mapped, Mapping, Problem, Summary, mapping};

/// Rows while they are written.
pub struct Rows<'m> {
    mapping: &'m Mapping<'m>,
    text: String,
    count: u64,
    values: usize,
}

/// What a case takes at the least, compared with what it takes in a report.
const SHARE_OF_BODY: usize = 2;

impl<'m> Rows<'m> {
    /// No rows yet, of a body of so many bytes.
    pub fn new(mapping: &'m Mapping<'m>, body_bytes: usize) -> Self {
        Self {
            mapping,
            text: String::with_capacity(body_bytes / SHARE_OF_BODY),
            count: 0,
            values: 0,
        }
    }

    /// Adds a case, if it becomes a result.
    ///
    /// # Errors
    /// When the rows become too large.
    pub fn add(&mut self, case: &Case) -> Result<(), Problem> {
        match mapping::case(case, self.mapping) {
            Some(mapped) => self.push(&mapped),
            None => Ok(()),
        }
    }

    /// How many rows there are, and their JSON text.
    ///
    /// # Errors
    /// As [`Rows::add`].
    pub fn finish(mut self, summary: &Summary) -> Result<(u64, String), Problem> {
        self.push(&mapping::roll_up(summary, self.mapping))?;
        self.text.push(']');
        Ok((self.count, self.text))
    }

    fn push(&mut self, mapped: &Mapped) -> Result<(), Problem> {
        self.text.push(if self.count == 0 { '[' } else { ',' });
        self.count += 1;
        self.values += mapped.values;
        self.text.push('[');
        self.string(&mapped.outcome)?;
        self.text.push(',');
        self.string(&mapped.test_case)?;
        self.text.push(',');
        self.text.push_str(&mapped.data);
        self.text.push(',');
        match &mapped.note {
            Some(note) => self.string(note)?,
            None => self.text.push_str("null"),
        }
        self.text.push(']');
        if self.text.len() > MAX_RESULTS_BYTES {
            return Err(Problem::too_large(format!(
                "the results of the report take more than {MAX_RESULTS_BYTES} bytes; `cases=failures` stores less"
            )));
        }
        if self.values > MAX_DATA_VALUES {
            return Err(Problem::too_large(format!(
                "the results of the report have more than {MAX_DATA_VALUES} values of extra data; \
                 `cases=failures` stores less"
            )));
        }
        Ok(())
    }

    fn string(&mut self, text: &str) -> Result<(), Problem> {
        let written = serde_json::to_string(text);
        self.text.push_str(
            &written
                .map_err(|error| Problem::broken(format!("a text can't be stored: {error}")))?,
        );
        Ok(())
    }
}
