//! Reads the command line, and starts the window or one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    stemwright::cli::run()
}
