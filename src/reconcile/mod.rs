//! The reconciler: pure functions from statements and one policy to verdicts. No I/O, no clock, no SQL, so that the
//! same code runs in the command, behind a page and on a cluster node.

pub mod likeness;
pub mod origins;
pub mod pair;
pub mod policy;
pub mod qualifiers;
pub mod question;
pub mod rates;
pub mod reading;
pub mod severity;
pub mod statement;
pub mod truth;
