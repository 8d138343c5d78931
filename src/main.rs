//! The `onrecord` command. Everything is in the library; this hands it the process's arguments and streams.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    onrecord::cli::main()
}
