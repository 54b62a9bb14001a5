//! What every component shares: from a WASI request to `http-edge` and back, the records that all
//! of them speak of, and the settings. It does not know how anything is stored or decided.

pub mod fields;
pub mod gates;
pub mod identity;
mod kept;
pub mod permissions;
pub mod policies;
pub mod results;
pub mod serve;
pub mod service;
pub mod settings;
pub mod sharing;
pub mod store;
pub mod waivers;

#[allow(
    missing_docs,
    unsafe_code,
    clippy::all,
    clippy::restriction,
    reason = "generated bindings; the documentation is in wit/"
)]
mod bindings {
    spin_sdk::wit_bindgen::generate!({
        world: "shared-records",
        path: "../../wit",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        additional_derives: [PartialEq],
        generate_all,
    });

    pub mod identity {
        spin_sdk::wit_bindgen::generate!({
            world: "shared-callers",
            path: "../../wit",
            runtime_path: "::spin_sdk::wit_bindgen::rt",
            generate_all,
        });
    }

    pub mod rules {
        spin_sdk::wit_bindgen::generate!({
            world: "shared-rules",
            path: "../../wit",
            runtime_path: "::spin_sdk::wit_bindgen::rt",
            generate_all,
        });
    }
}

pub use bindings::sluicegate::store::records;
pub use serve::{Incoming, now_us};

/// Makes the functions of the world `$world` in `wit/worlds.wit`, as `store::<interface>`.
#[macro_export]
macro_rules! store {
    ($world:tt) => {
        mod bindings {
            #![allow(missing_docs, unsafe_code, clippy::all, clippy::restriction)]
            spin_sdk::wit_bindgen::generate!({
                world: $world,
                path: "../../wit",
                runtime_path: "::spin_sdk::wit_bindgen::rt",
                with: { "sluicegate:store/records@0.1.0": endpoint::records },
                generate_all,
            });
        }
        use bindings::sluicegate::store;
    };
}

/// The reads of a component that decides: `READS`, over the functions that [`store!`] made.
#[macro_export]
macro_rules! gate_reads {
    () => {
        const READS: $crate::gates::read::Reads = $crate::gates::read::Reads {
            results: store::result_reads::latest_distinct,
            waivers: store::waiver_reads::find,
        };
    };
}

/// The writes of a component that takes results in bursts: `WRITES`, over the functions that
/// [`store!`] made.
#[macro_export]
macro_rules! result_writes {
    () => {
        const WRITES: $crate::results::group_commit::Writes =
            $crate::results::group_commit::Writes {
                submit: store::result_writes::submit,
                submit_each: store::result_writes::submit_each,
            };
    };
}

/// How a component that decides by kept policies keeps them: `POLICIES`, over the functions that
/// [`store!`] made.
#[macro_export]
macro_rules! gate_policies {
    () => {
        const POLICIES: $crate::gates::question::PolicyStore =
            $crate::gates::question::PolicyStore {
                get: store::policy_reads::get,
                active_at: store::policy_reads::active_at,
                activate: store::policy_writes::activate,
            };
    };
}

/// Makes `$answer`, an `async fn(Incoming) -> http_edge::Result<Reply>`, the component's handler.
#[macro_export]
macro_rules! serve {
    ($answer:path) => {
        struct Component;
        spin_sdk::wasip3::http::service::export!(Component);
        impl spin_sdk::wasip3::exports::http::handler::Guest for Component {
            async fn handle(
                request: spin_sdk::wasip3::http::types::Request,
            ) -> std::result::Result<
                spin_sdk::wasip3::http::types::Response,
                spin_sdk::wasip3::http::types::ErrorCode,
            > {
                $crate::serve::respond($answer($crate::Incoming::new(request)).await)
            }
        }
    };
}

/// As [`serve!`], for a component that stands in front of another one: requests with another
/// method than `$method` are handed on untouched.
#[macro_export]
macro_rules! serve_before {
    ($method:literal, $answer:path) => {
        struct Component;
        spin_sdk::wasip3::http::service::export!(Component);
        impl spin_sdk::wasip3::exports::http::handler::Guest for Component {
            async fn handle(
                request: spin_sdk::wasip3::http::types::Request,
            ) -> std::result::Result<
                spin_sdk::wasip3::http::types::Response,
                spin_sdk::wasip3::http::types::ErrorCode,
            > {
                match $crate::serve::is_method(&request, $method) {
                    true => $crate::serve::respond($answer($crate::Incoming::new(request)).await),
                    false => $crate::serve::pass_on(request).await,
                }
            }
        }
    };
}
