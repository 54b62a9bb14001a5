//! The component: each function of the WIT interfaces, passed on with the instance's connection.

#![allow(
    missing_docs,
    unsafe_code,
    reason = "generated bindings; the documentation is in wit/"
)]

use crate::database::host;
use crate::{
    catalogue, distinct, latest, policies, reports, results, statistics, subjects, submissions,
    summary, waivers,
};
use endpoint::records::{
    Detail, Error, Group, GroupFilter, GroupMention, NewReport, NewResult, NewWaiver, Order, Page,
    PolicySet, ResultFilter, Selection, StepOutcome, Submission, SubmissionKey, TestCase,
    TestResult, Update, Waiver, WaiverFilter, WaiverList, WaiverStep,
};

mod bindings {
    #![allow(unsafe_code, clippy::all, clippy::restriction)]
    spin_sdk::wit_bindgen::generate!({
        world: "store",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        with: { "sluicegate:store/records@0.1.0": endpoint::records },
        pub_export_macro: true,
    });
}

use bindings::exports::sluicegate::store;

struct Store;

bindings::export!(Store with_types_in bindings);

impl store::result_reads::Guest for Store {
    fn get(id: u64) -> Result<Option<TestResult>, Error> {
        host::with(|database| results::get(database, id))
    }
    fn find(filter: ResultFilter, order: Order, page: Page) -> Result<Vec<TestResult>, Error> {
        host::with(|database| results::find(database, &filter, order, page))
    }
    fn latest(filter: ResultFilter) -> Result<Vec<TestResult>, Error> {
        host::with(|database| latest::latest(database, &filter))
    }
    fn latest_distinct(
        filters: Vec<ResultFilter>,
        distinct_on: Vec<String>,
        detail: Detail,
    ) -> Result<Vec<Vec<TestResult>>, Error> {
        host::with(|database| distinct::latest_distinct(database, &filters, &distinct_on, detail))
    }
}

impl store::subject_reads::Guest for Store {
    fn find(
        since_us: i64,
        until_us: i64,
        after: Option<store::subject_reads::Place>,
        limit: u32,
    ) -> Result<store::subject_reads::SubjectsFound, Error> {
        let after = after.map(|place| (place.submit_time_us, place.id));
        let found =
            host::with(|database| subjects::find(database, since_us, until_us, after, limit))?;
        let subject = |(subject_type, item)| store::subject_reads::Subject { subject_type, item };
        Ok(store::subject_reads::SubjectsFound {
            subjects: found.subjects.into_iter().map(subject).collect(),
            results: found.results,
            next: found
                .next
                .map(|(submit_time_us, id)| store::subject_reads::Place { submit_time_us, id }),
        })
    }
}

impl store::result_writes::Guest for Store {
    fn submit(results: Vec<NewResult>, key: Option<SubmissionKey>) -> Result<Submission, Error> {
        host::with(|database| submissions::submit(database, results, key.as_ref()))
    }
    fn submit_each(submissions: Vec<Vec<NewResult>>) -> Result<Vec<Vec<TestResult>>, Error> {
        host::with_many_writes(|database| results::submit_each(database, submissions))
    }
    fn submit_report(report: NewReport, key: Option<SubmissionKey>) -> Result<Submission, Error> {
        host::with(|database| reports::submit(database, report, key.as_ref()))
    }
    fn summarise() -> Result<bool, Error> {
        host::with(summary::go_on)
    }
}

impl store::catalogue_reads::Guest for Store {
    fn get_test_case(name: String) -> Result<Option<TestCase>, Error> {
        host::with(|database| catalogue::get_test_case(database, &name))
    }
    fn find_test_cases(
        names: Vec<String>,
        like: Vec<String>,
        page: Page,
    ) -> Result<Vec<TestCase>, Error> {
        host::with(|database| catalogue::find_test_cases(database, &names, &like, page))
    }
    fn get_group(uuid: String) -> Result<Option<Group>, Error> {
        host::with(|database| catalogue::get_group(database, &uuid))
    }
    fn find_groups(filter: GroupFilter, page: Page) -> Result<Vec<Group>, Error> {
        host::with(|database| catalogue::find_groups(database, &filter, page))
    }
}

impl store::catalogue_writes::Guest for Store {
    fn put_test_case(name: String, ref_url: Update) -> Result<TestCase, Error> {
        host::with(|database| catalogue::put_test_case(database, &name, ref_url))
    }
    fn put_group(group: GroupMention) -> Result<Group, Error> {
        host::with(|database| catalogue::put_group(database, group))
    }
}

impl store::waiver_reads::Guest for Store {
    fn get(id: u64, until_us: Option<i64>, now_us: i64) -> Result<Option<Waiver>, Error> {
        host::with(|database| waivers::get(database, id, until_us, now_us))
    }
    fn find(
        filters: Vec<WaiverFilter>,
        selection: Selection,
        now_us: i64,
        page: Page,
    ) -> Result<WaiverList, Error> {
        host::with(|database| waivers::find(database, &filters, selection, now_us, page))
    }
    fn steps(id: u64) -> Result<Vec<WaiverStep>, Error> {
        host::with(|database| waivers::steps(database, id))
    }
}

impl store::waiver_writes::Guest for Store {
    fn submit(waivers: Vec<NewWaiver>) -> Result<Vec<Waiver>, Error> {
        host::with(|database| waivers::submit(database, waivers))
    }
    fn take(step: WaiverStep) -> Result<StepOutcome, Error> {
        host::with(|database| waivers::take(database, &step))
    }
}

impl store::policy_reads::Guest for Store {
    fn get(revision: String) -> Result<Option<PolicySet>, Error> {
        host::with(|database| policies::get(database, &revision))
    }
    fn active_at(time_us: i64) -> Result<Option<String>, Error> {
        host::with(|database| policies::active_at(database, time_us))
    }
}

impl store::policy_writes::Guest for Store {
    fn activate(set: PolicySet, now_us: i64) -> Result<(), Error> {
        host::with(|database| policies::activate(database, &set, now_us))
    }
}

impl store::statistics::Guest for Store {
    fn count() -> Result<store::statistics::Counts, Error> {
        host::with(|database| {
            let [results, waivers] = statistics::count(database)?;
            Ok(store::statistics::Counts { results, waivers })
        })
    }
}

impl store::health::Guest for Store {
    fn check() -> Result<(), Error> {
        host::with(|database| results::get(database, 0).map(|_| ()))
    }
}
