//! Tests over HTTP against the built components on our host. The tree is that of the URLs.

mod api_v1;
mod api_v1_0;
mod api_v2_0;
mod api_v3;
mod browser;
mod buses;
mod clients;
mod faults;
mod forms;
mod harness;
mod healthcheck;
mod host;
mod identity;
mod index;
mod main_job;
mod metrics;
mod openapi;
mod server;
mod unknown_paths;
