//! The results of a report as the store takes them, written while the report is read, so that no case
//! is kept. What they are together is written last, so it is also the newest of them.

use endpoint::results::report::{MAX_DATA_VALUES, MAX_RESULTS_BYTES};
use reports::{Case, Format, Mapped, Mapping, Problem, Summary, mapping};

/// Rows while they are written.
pub struct Rows<'m> {
    mapping: &'m Mapping<'m>,
    text: String,
    count: u64,
    values: usize,
    /// Only their size is of interest: what was written of it is thrown away row by row.
    is_trial: bool,
    trial_bytes: usize,
}

/// The rows of a report, whose text this is: what it says of itself, how many rows, and their JSON text.
///
/// # Errors
/// When the text can't be read, or there is too much of it or of the rows.
pub fn of(
    text: &str,
    format: Option<Format>,
    mapping: &Mapping<'_>,
) -> Result<(Summary, u64, String), Problem> {
    // Written twice, first for their size: a text that grew would be in memory three times on the way.
    let (_, trial) = write(text, format, Rows::new(mapping, 0, true))?;
    let bytes = trial.trial_bytes;
    let (summary, rows) = write(text, format, Rows::new(mapping, bytes, false))?;
    Ok((summary, rows.count, rows.text))
}

fn write<'m>(
    text: &str,
    format: Option<Format>,
    mut rows: Rows<'m>,
) -> Result<(Summary, Rows<'m>), Problem> {
    let summary = reports::read_text(text, format, &mut |case| rows.add(&case))?;
    let rows = rows.finish(&summary)?;
    Ok((summary, rows))
}

impl<'m> Rows<'m> {
    fn new(mapping: &'m Mapping<'m>, bytes: usize, is_trial: bool) -> Self {
        Self {
            mapping,
            text: String::with_capacity(bytes),
            count: 0,
            values: 0,
            is_trial,
            trial_bytes: 0,
        }
    }

    fn add(&mut self, case: &Case) -> Result<(), Problem> {
        match mapping::case(case, self.mapping) {
            Some(mapped) => self.push(&mapped),
            None => Ok(()),
        }
    }

    fn finish(mut self, summary: &Summary) -> Result<Self, Problem> {
        self.push(&mapping::roll_up(summary, self.mapping))?;
        self.text.push(']');
        self.trial_bytes += 1;
        Ok(self)
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
        if self.is_trial {
            self.trial_bytes += self.text.len();
            self.text.clear();
        }
        if self.text.len() + self.trial_bytes > MAX_RESULTS_BYTES {
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
