//! The command line: one file a command, each parse → ledger → report. The only place that reads the environment, asks
//! the clock, prints, and chooses exit codes.

mod answers;
mod capture;
mod checkpoint;
mod claims;
mod contradictions;
mod copying;
mod decide;
mod demo;
mod derives_from;
mod entities;
mod export;
mod figures;
mod import;
mod init;
mod inquiries;
mod judge;
mod key;
mod load;
mod log;
mod merge;
mod predicates;
mod progress;
mod prove;
mod rebuild;
mod recheck;
mod redact;
mod report;
mod setting;
mod sources;
mod timeline;
mod trouble;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use setting::Setting;
use trouble::Trouble;

/// Puts claims on the record: exact quotes, exact figures, who said them, and which contradict each other.
#[derive(Parser)]
#[command(name = "onrecord", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
struct Arguments {
    /// The ledger file; else ONRECORD_LEDGER, else `onrecord.db` in this folder or a parent
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    ledger: Option<std::path::PathBuf>,
    /// Who makes the entries, `human:NAME` or `agent:NAME`; else ONRECORD_ACTOR, else the configuration file, else you
    #[arg(long, global = true, value_name = "ACTOR", help_heading = "Global options")]
    actor: Option<String>,
    /// Show the ledger as it stood after that entry, or at the end of that day or time, by when entries were made
    #[arg(long, global = true, value_name = "N|TIME", value_parser = setting::moment, help_heading = "Global options")]
    as_of_entry: Option<crate::ledger::Moment>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Init),
    Capture(capture::Capture),
    Recheck(recheck::Recheck),
    Log(Box<log::Log>),
    Import(import::Import),
    Contradictions(contradictions::Contradictions),
    Report(report::Report),
    Timeline(timeline::Timeline),
    RightOfReply(inquiries::RightOfReply),
    CallList(inquiries::CallList),
    Claims(claims::Claims),
    Sources(sources::Sources),
    Entities(entities::Entities),
    Predicates(predicates::Predicates),
    Answers(answers::Answers),
    Figures(figures::Figures),
    Retract(judge::Retract),
    Reinstate(judge::Reinstate),
    Correct(Box<judge::Correct>),
    Attest(judge::Attest),
    Pending(claims::Pending),
    Approve(judge::Approve),
    Decide(decide::Decide),
    DerivesFrom(derives_from::DerivesFrom),
    Copying(copying::Copying),
    Redact(redact::Redact),
    Rebuild(rebuild::Rebuild),
    Verify(verify::Verify),
    Key(key::Key),
    Checkpoint(checkpoint::Checkpoint),
    Prove(prove::Prove),
    VerifyProof(prove::VerifyProof),
    Export(export::Export),
    Load(load::Load),
    Merge(merge::Merge),
    Demo(demo::Demo),
}

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, on standard output; everything else is a usage error. A stream that is
            // closed already has nobody to tell.
            let plain = error.render().to_string();
            match trouble::visible(&plain) {
                // What was typed may hold marks that drive the terminal.
                cleaned if cleaned != plain.trim_end_matches('\n') && error.use_stderr() => trouble::note(cleaned),
                _ => drop(error.print()),
            }
            return ExitCode::from(if error.use_stderr() { trouble::USAGE } else { trouble::DONE });
        }
    };
    // A panic is our fault, and says so with its own exit code; the library itself never means to panic.
    let outcome = std::panic::catch_unwind(move || run(arguments));
    match outcome {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(trouble)) => ExitCode::from(trouble.tell()),
        Err(_) => {
            trouble::note("error: this is a fault of onrecord; what was on record still is");
            ExitCode::from(trouble::BUG)
        }
    }
}

fn run(arguments: Arguments) -> Result<u8, Trouble> {
    let setting = Setting::new(arguments.ledger, arguments.actor, arguments.as_of_entry);
    match arguments.command {
        Command::Init(command) => command.run(&setting),
        Command::Capture(command) => command.run(&setting),
        Command::Recheck(command) => command.run(&setting),
        Command::Log(command) => command.run(&setting),
        Command::Import(command) => command.run(&setting),
        Command::Contradictions(command) => command.run(&setting),
        Command::Report(command) => command.run(&setting),
        Command::Timeline(command) => command.run(&setting),
        Command::RightOfReply(command) => command.run(&setting),
        Command::CallList(command) => command.run(&setting),
        Command::Claims(command) => command.run(&setting),
        Command::Sources(command) => command.run(&setting),
        Command::Entities(command) => command.run(&setting),
        Command::Predicates(command) => command.run(&setting),
        Command::Answers(command) => command.run(&setting),
        Command::Figures(command) => command.run(),
        Command::Retract(command) => command.run(&setting),
        Command::Reinstate(command) => command.run(&setting),
        Command::Correct(command) => command.run(&setting),
        Command::Pending(command) => command.run(&setting),
        Command::Approve(command) => command.run(&setting),
        Command::Attest(command) => command.run(&setting),
        Command::Decide(command) => command.run(&setting),
        Command::DerivesFrom(command) => command.run(&setting),
        Command::Copying(command) => command.run(&setting),
        Command::Redact(command) => command.run(&setting),
        Command::Rebuild(command) => command.run(&setting),
        Command::Verify(command) => command.run(&setting),
        Command::Key(command) => command.run(&setting),
        Command::Checkpoint(command) => command.run(&setting),
        Command::Prove(command) => command.run(&setting),
        Command::VerifyProof(command) => command.run(),
        Command::Export(command) => command.run(&setting),
        Command::Load(command) => command.run(&setting),
        Command::Merge(command) => command.run(&setting),
        Command::Demo(command) => command.run(&setting),
    }
}

/// Every command with its help, for the reference in `docs/commands.md` and the tests that hold it true.
pub fn reference() -> clap::Command {
    Arguments::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_sound() {
        super::reference().debug_assert();
    }
}
