//! onrecord
#![forbid(unsafe_code)]
#![warn(missing_docs)]
pub mod capture;
pub mod cli;
pub mod domain;
pub mod figure;
pub mod ledger;
pub mod quote;
pub mod reconcile;
pub mod record;
pub mod report;
pub mod store;
