#![forbid(unsafe_code)]
#![warn(missing_docs)]
//! x
pub mod domain;
