//! Values only: nothing here reads, writes, decides or prints. Every other module speaks in these types.

pub mod actor;
pub mod claim;
pub mod compact;
pub mod decimal;
pub mod decision;
pub mod figure;
pub mod fold;
pub mod id;
pub mod interval;
pub mod listing;
pub mod origin;
pub mod predicate;
pub mod question;
pub mod quote;
pub mod rate;
pub mod source;
pub mod table;
pub mod text;
pub mod time_of_day;
pub mod unit;
pub mod verdict;
pub mod when;
