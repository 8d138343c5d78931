//! Values only: nothing here reads, writes, decides or prints. Every other module speaks in these types.

pub mod decimal;
pub mod figure;
pub mod quote;
pub mod text;
pub mod unit;
