//! What has become of waivers, worked out naively from all that was done.

use endpoint::records::{
    NewWaiver, Selection, StepOutcome, WaiverAction, WaiverFilter, WaiverState, WaiverStep,
    WaiverTerms,
};

/// A waiver as the model sees it: `granted` is when, counted in deeds and in time.
pub struct Known {
    pub id: u64,
    pub new: NewWaiver,
    pub granted: Option<(usize, i64)>,
    pub denied: Option<i64>,
    pub withdrawn: Option<i64>,
}

#[derive(Clone, Copy)]
pub struct When {
    pub until_us: Option<i64>,
    pub now_us: i64,
}

impl When {
    pub fn saw(self, time: i64) -> bool {
        self.until_us.is_none_or(|until| time <= until)
    }
}

#[derive(Default)]
pub struct Model {
    pub deeds: usize,
    pub known: Vec<Known>,
}

pub fn terms(new: &NewWaiver) -> WaiverTerms {
    new.terms.clone().unwrap_or(WaiverTerms {
        contexts: vec![],
        product_versions: vec![],
        architecture: None,
        variant: None,
        reason: String::new(),
        link: None,
        expires_us: None,
        needs_approval: false,
    })
}

pub fn limits(new: &NewWaiver) -> impl PartialEq {
    let terms = terms(new);
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list.dedup();
        list
    };
    (
        sorted(terms.contexts),
        sorted(terms.product_versions),
        terms.architecture,
        terms.variant,
    )
}

impl Model {
    pub fn submit(&mut self, new: NewWaiver, id: u64) {
        self.deeds += 1;
        let granted = (!terms(&new).needs_approval).then_some((self.deeds, new.timestamp_us));
        self.known.push(Known {
            id,
            new,
            granted,
            denied: None,
            withdrawn: None,
        });
    }

    pub fn take(&mut self, step: &WaiverStep) -> StepOutcome {
        self.deeds += 1;
        let deeds = self.deeds;
        let Some(known) = self
            .known
            .iter_mut()
            .find(|known| known.id == step.waiver_id)
        else {
            return StepOutcome::NoSuchWaiver;
        };
        let terms = terms(&known.new);
        let decides = step.action != WaiverAction::Withdrawn;
        let people = [
            Some(known.new.username.clone()),
            known.new.proxied_by.clone(),
        ];
        let asked = |name: &Option<String>| name.is_some() && people.contains(name);
        if known.withdrawn.is_some() {
            return StepOutcome::IsWithdrawn;
        } else if known.denied.is_some() {
            return StepOutcome::IsDenied;
        } else if decides && !terms.needs_approval {
            return StepOutcome::NeedsNoApproval;
        } else if decides && known.granted.is_some() {
            return StepOutcome::IsApproved;
        } else if terms
            .expires_us
            .is_some_and(|time| time <= step.timestamp_us)
        {
            return StepOutcome::HasExpired;
        } else if decides && (asked(&Some(step.username.clone())) || asked(&step.proxied_by)) {
            return StepOutcome::IsOwnRequest;
        }
        match step.action {
            WaiverAction::Approved => known.granted = Some((deeds, step.timestamp_us)),
            WaiverAction::Denied => known.denied = Some(step.timestamp_us),
            WaiverAction::Withdrawn => known.withdrawn = Some(step.timestamp_us),
        }
        StepOutcome::Taken
    }

    /// Whether another waiver of its group was granted later.
    pub fn is_superseded(&self, waiver: &Known, when: When, per_user: bool) -> bool {
        self.known.iter().any(|other| {
            let (a, b) = (&other.new, &waiver.new);
            let is_alike = a.subject_type == b.subject_type
                && a.subject_identifier == b.subject_identifier
                && a.testcase == b.testcase
                && a.scenario == b.scenario
                && a.product_version == b.product_version
                && limits(a) == limits(b);
            is_alike
                && when.saw(a.timestamp_us)
                && (!per_user || a.username == b.username)
                && other.granted.is_some_and(|(_, time)| when.saw(time))
                && other.granted.map(|granted| granted.0) > waiver.granted.map(|granted| granted.0)
        })
    }

    pub fn state(&self, waiver: &Known, when: When, per_user: bool) -> WaiverState {
        let time = when.until_us.unwrap_or(when.now_us);
        if waiver.denied.is_some_and(|time| when.saw(time)) {
            WaiverState::Denied
        } else if waiver.withdrawn.is_some_and(|time| when.saw(time)) {
            WaiverState::Withdrawn
        } else if terms(&waiver.new)
            .expires_us
            .is_some_and(|expires| expires <= time)
        {
            WaiverState::Expired
        } else if !waiver.granted.is_some_and(|(_, time)| when.saw(time)) {
            WaiverState::Requested
        } else if self.is_superseded(waiver, when, per_user) {
            WaiverState::Superseded
        } else {
            WaiverState::Granted
        }
    }

    pub fn is_selected(&self, waiver: &Known, when: When, selection: Selection) -> bool {
        use WaiverState::{Granted, Superseded};
        match selection {
            Selection::Every => true,
            Selection::Standing => matches!(self.state(waiver, when, false), Granted | Superseded),
            Selection::InForcePerUser => self.state(waiver, when, true) == Granted,
            Selection::InForce => self.state(waiver, when, false) == Granted,
        }
    }
}

pub fn matches(model: &Model, waiver: &Known, filter: &WaiverFilter, now_us: i64) -> bool {
    let is =
        |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let (new, terms) = (&waiver.new, terms(&waiver.new));
    let when = When {
        until_us: filter.until_us,
        now_us,
    };
    let is_limited = terms.contexts.len() + terms.product_versions.len() > 0
        || terms.architecture.is_some()
        || terms.variant.is_some();
    is(&filter.subject_identifier, &new.subject_identifier)
        && (is(&filter.product_version, &new.product_version)
            || (filter.or_by_pattern && !terms.product_versions.is_empty()))
        && is(&filter.reason, &terms.reason)
        && when.saw(new.timestamp_us)
        && !(filter.unlimited && is_limited)
        && filter
            .state
            .is_none_or(|state| model.state(waiver, when, false) == state)
}
