//! How a command ends: the exit codes, and failures with the message that explains them.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Failed,
    Usage,
    OutOfCredits,
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::OutOfCredits => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// A command that could not do its work.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
    /// Standard output was closed by whoever read it, which is no failure of a command that writes a list.
    pub is_broken_pipe: bool,
}

impl Failure {
    /// The words of the command were off.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, message: message.into(), is_broken_pipe: false }
    }

    pub fn failed(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Failed, message: message.into(), is_broken_pipe: false }
    }
}

impl From<creel_store::StoreError> for Failure {
    fn from(error: creel_store::StoreError) -> Failure {
        match error {
            // A folder that cannot be used was named by the caller.
            creel_store::StoreError::Folder { .. } | creel_store::StoreError::DatabaseUrl(_) => {
                Failure::usage(error.to_string())
            }
            error => Failure::failed(error.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure { is_broken_pipe: error.kind() == std::io::ErrorKind::BrokenPipe, ..Failure::failed(error.to_string()) }
    }
}
