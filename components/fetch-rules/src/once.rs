//! Asks once for what several want to know: in this instance, in others and in later ones. When
//! somebody asks is decided in [`crate::kept`].

use crate::call::{Call, Found, now_ms};
use crate::failure::Failure;
use crate::kept::{self, Kept, Lasts, Question, Reader, Record, Step};
use outbound::cache::sha256;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// After what time it is looked again whether somebody else's question has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long it takes until two who ask at the same moment see each other's word. Whose word is then
/// in the store asks; the store can't compare and set.
const SETTLE: Duration = Duration::from_millis(10);

/// What `ask` answers about `name`, now or a short while ago. `ask` is given the last answer.
///
/// # Errors
/// What `ask` fails with, or a failing store.
pub async fn get<T>(
    call: &Call,
    found: &Found<T>,
    kind: &str,
    name: &str,
    ask: impl AsyncFnOnce(Option<&T>) -> Result<T, Failure>,
) -> Result<T, Failure>
where
    T: Lasts + Clone + Serialize + DeserializeOwned,
{
    let known = || found.borrow().get(name).cloned();
    if let Some(value) = known() {
        return Ok(value);
    }
    let slot = Slot {
        call,
        key: format!("{kind}/{}", kept::slot(&sha256(name))),
        name,
    };
    let value = slot.get(known, ask).await?;
    found.borrow_mut().insert(name.to_owned(), value.clone());
    Ok(value)
}

struct Slot<'c> {
    call: &'c Call,
    key: String,
    name: &'c str,
}

impl Slot<'_> {
    /// The answer, once somebody has it.
    async fn get<T>(
        &self,
        known: impl Fn() -> Option<T>,
        ask: impl AsyncFnOnce(Option<&T>) -> Result<T, Failure>,
    ) -> Result<T, Failure>
    where
        T: Lasts + Clone + Serialize + DeserializeOwned,
    {
        let own = uuid::Uuid::new_v4().to_string();
        let mut waits_for: Option<String> = None;
        while self.call.left().is_some() {
            if let Some(value) = known() {
                return Ok(value);
            }
            let record = self.read().await?;
            let reader = Reader {
                since_ms: self.call.since_ms,
                waits_for: waits_for.as_deref(),
            };
            let max_age_ms = self.call.settings.max_age_ms;
            let step = kept::next(record.as_ref(), reader, max_age_ms, now_ms());
            let kept = record.and_then(|record| record.kept);
            match (step, kept) {
                (Step::Use, Some(kept)) => return Ok(kept.value),
                (Step::Fail(failure), _) => return Err(failure),
                (Step::Wait(question), _) => {
                    waits_for = Some(question);
                    spin_sdk::time::sleep(LOOK_AGAIN).await;
                }
                (Step::Ask | Step::Use, kept) => {
                    let question = Question {
                        id: own.clone(),
                        at_ms: now_ms(),
                        ended: false,
                        failure: None,
                    };
                    self.write(kept.clone(), question.clone()).await?;
                    spin_sdk::time::sleep(SETTLE).await;
                    let asks = self.read::<T>().await?.and_then(|record| record.question);
                    if asks.is_some_and(|asks| asks.id == own) {
                        return self.ask(kept, question, ask).await;
                    }
                }
            }
        }
        Err(Failure::TimedOut(format!(
            "Timeout connecting to upstream server: {}: nobody has got an answer in time",
            self.name
        )))
    }

    /// The record, unless it is of something else in the same slot.
    async fn read<T: DeserializeOwned>(&self) -> Result<Option<Record<T>>, Failure> {
        let record = self.call.cache.get::<Record<T>>(&self.key).await;
        let record = record.map_err(Failure::Unavailable)?;
        Ok(record.filter(|record| record.name == self.name))
    }

    async fn write<T: Serialize>(
        &self,
        kept: Option<Kept<T>>,
        question: Question,
    ) -> Result<(), Failure> {
        let record = Record {
            name: self.name.to_owned(),
            kept,
            question: Some(question),
        };
        let written = self.call.cache.set(&self.key, &record).await;
        written.map_err(Failure::Unavailable)
    }

    /// Asks, and leaves the answer or the failure for those who wait.
    async fn ask<T: Clone + Serialize>(
        &self,
        kept: Option<Kept<T>>,
        question: Question,
        ask: impl AsyncFnOnce(Option<&T>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let answer = ask(kept.as_ref().map(|kept| &kept.value)).await;
        let failure = answer.as_ref().err().cloned();
        if let Some(Failure::Upstream(text) | Failure::TimedOut(text)) = &failure {
            http_edge::log::line(&format!("error: remote rules: {text}"));
        }
        let kept = match &answer {
            Ok(value) => Some(Kept {
                question: question.id.clone(),
                asked_ms: question.at_ms,
                value: value.clone(),
            }),
            Err(_) => kept,
        };
        let ended = Question {
            ended: true,
            failure,
            ..question
        };
        self.write(kept, ended).await?;
        answer
    }
}
