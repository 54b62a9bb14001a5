//! A simulation from its first line to its last.

use crate::batch::{Batches, Decided};
use crate::lines::{Line, Progress, Summary};
use crate::subjects::{Left, Window};
use endpoint::policies::Policies;
use endpoint::serve::{BodyWriter, Gone};
use gate::simulate::body::{Asked, ListedSubject, Simulation};
use gate::simulate::flip::{Direction, Flip};
use gate::simulate::later::since;
use gate::simulate::tally::Tally;
use gate::simulate::verdict::Verdict;
use http_edge::{Error, time};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long a simulation goes on: hosts end requests after some time, ours after 30 s, and what has
/// been found shall be told before that.
const PATIENCE: Duration = Duration::from_secs(20);

/// All that a simulation needs to know.
pub struct Run {
    /// What is asked.
    pub asked: Simulation,
    /// The policies in force.
    pub in_force: Rc<Policies>,
    /// The others.
    pub draft: Policies,
    /// When the request came.
    pub started: Instant,
    /// The same, in µs since the epoch.
    pub now_us: i64,
}

/// Why a simulation ends early.
enum Stop {
    /// Nobody reads any longer.
    Gone,
    /// Something failed.
    Failed(Error),
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The lines as they leave.
struct Out {
    body: BodyWriter,
    pending: Vec<u8>,
}

impl Out {
    fn add(&mut self, line: &Line<'_>) -> Result<(), Stop> {
        Ok(line.add_to(&mut self.pending).map_err(Error::from)?)
    }

    async fn send(&mut self) -> Result<(), Stop> {
        Ok(self.body.write(std::mem::take(&mut self.pending)).await?)
    }
}

impl Run {
    /// Simulates, and writes what it finds.
    pub async fn into_lines(self, body: BodyWriter) {
        let mut out = Out {
            body,
            pending: Vec::new(),
        };
        if let Err(Stop::Failed(error)) = self.simulate(&mut out).await {
            let line = Line::of_error(error);
            if out.add(&line).is_ok() {
                // Who has gone needs no last line.
                let _ = out.send().await;
            }
        }
    }

    async fn simulate(&self, out: &mut Out) -> Result<(), Stop> {
        let (subjects, mut because) = self.subjects(out).await?;
        let total = count(subjects.len());
        let mut tally = Tally::default();
        self.progress(out, &tally, total).await?;
        let mut rest = subjects.as_slice();
        while !rest.is_empty() {
            if self.is_late() {
                because = Some("time");
                break;
            }
            let done = self.batch(rest, &mut tally, out).await?;
            rest = rest.get(done..).unwrap_or_default();
            self.progress(out, &tally, total).await?;
        }
        let summary = Summary {
            total,
            truncated: because.is_some(),
            truncated_because: because,
            when: self.asked.when_us.map(time::format_us),
            policy_revision: self.in_force.revision(),
            draft_revision: self.draft.revision(),
            totals: tally.totals(self.is_past()),
        };
        out.add(&Line::Summary(Box::new(summary)))?;
        out.send().await
    }

    fn is_late(&self) -> bool {
        self.started.elapsed() >= PATIENCE
    }

    /// Whether something can have happened since the time of the decisions.
    fn is_past(&self) -> bool {
        self.asked.when_us.is_some_and(|when| when < self.now_us)
    }

    async fn progress(&self, out: &mut Out, tally: &Tally, total: u64) -> Result<(), Stop> {
        out.add(&Line::Progress(Progress {
            decided: tally.seen(),
            total,
            results: None,
        }))?;
        out.send().await
    }

    /// The subjects, and why they are not all.
    async fn subjects(
        &self,
        out: &mut Out,
    ) -> Result<(Vec<ListedSubject>, Option<&'static str>), Stop> {
        let mut window = match &self.asked.asked {
            Asked::Listed(subjects) => return Ok((subjects.clone(), None)),
            Asked::Window {
                since_us,
                until_us,
                subject_type,
            } => Window::new(*since_us, *until_us, subject_type.clone()),
        };
        loop {
            let because = match window.look_on(&self.in_force.set)? {
                Left::Nothing => return Ok((window.subjects, None)),
                Left::TooMuch(because) => Some(because),
                Left::More if self.is_late() => Some("time"),
                Left::More => None,
            };
            if because.is_some() {
                return Ok((window.subjects, because));
            }
            out.add(&Line::Progress(Progress {
                decided: 0,
                total: count(window.subjects.len()),
                results: Some(window.results),
            }))?;
            out.send().await?;
        }
    }

    /// Decides about the first of these subjects, and returns how many they were.
    async fn batch(
        &self,
        subjects: &[ListedSubject],
        tally: &mut Tally,
        out: &mut Out,
    ) -> Result<usize, Stop> {
        let is_late = || self.is_late();
        let both = Batches {
            sides: vec![&self.in_force.set, &self.draft.set],
            asked: &self.asked,
            when_us: self.asked.when_us,
            is_late: &is_late,
        };
        let decided = both.decide(subjects).await?;
        let done = decided.len();
        let mut closed = Vec::new();
        for (subject, decided) in subjects.iter().zip(decided) {
            let verdicts = match decided {
                Ok(verdicts) => <[Verdict; 2]>::try_from(verdicts),
                Err(reason) => {
                    tally.add_undecidable(&reason);
                    continue;
                }
            };
            let Ok([before, after]) = verdicts else {
                continue;
            };
            tally.add(&before, &after);
            let Some(flip) = Flip::of(subject, &before, &after) else {
                continue;
            };
            let direction = flip.direction;
            out.add(&Line::Flip(flip))?;
            if direction == Direction::Closes {
                closed.push((subject.clone(), after));
            }
        }
        self.follow_up(closed, tally).await?;
        Ok(done)
    }

    /// Counts what became of subjects that the draft closes.
    async fn follow_up(
        &self,
        closed: Vec<(ListedSubject, Verdict)>,
        tally: &mut Tally,
    ) -> Result<(), Stop> {
        let in_time = || false;
        let now = Batches {
            sides: vec![&self.draft.set],
            asked: &self.asked,
            when_us: None,
            is_late: &in_time,
        };
        let (subjects, blocked): (Vec<_>, Vec<_>) = closed.into_iter().unzip();
        let (mut subjects, mut blocked) = (subjects.as_slice(), blocked.as_slice());
        while !blocked.is_empty() {
            let decided: Vec<Decided> = match self.is_past() && !self.is_late() {
                true => now.decide(subjects).await?,
                false => Vec::new(),
            };
            let done = decided.len();
            for (blocked, decided) in blocked.iter().zip(&decided) {
                let verdict = decided.as_ref().ok().and_then(|sides| sides.first());
                let became = verdict.map(|now| since(blocked, now));
                tally.false_blocks().add(became);
            }
            if done == 0 {
                blocked.iter().for_each(|_| tally.false_blocks().add(None));
                return Ok(());
            }
            subjects = subjects.get(done..).unwrap_or_default();
            blocked = blocked.get(done..).unwrap_or_default();
        }
        Ok(())
    }
}

fn count(subjects: usize) -> u64 {
    u64::try_from(subjects).unwrap_or(u64::MAX)
}
