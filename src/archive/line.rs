//! A line of `entries.jsonl`: an entry as it is stored, or its header where the rest was redacted.

use serde::{Deserialize, Serialize};

use crate::record::entry::{Entry, read_salt, salt_digits};

/// What a line holds. It was read, and not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// An entry.
    Whole(Entry),
    /// The header of one whose body and salt were removed.
    Header(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    header: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// Why a line is not an entry.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// It is longer than any may be.
    #[error("more than {} bytes", super::LONGEST_LINE)]
    Long,
    /// It does not end.
    #[error("cut off: it does not end with a line break")]
    Cut,
    /// It is not the JSON of one.
    #[error("not an entry: {0}")]
    Json(#[source] serde_json::Error),
    /// The salt is not written as one.
    #[error("the salt is not 32 lower-case hexadecimal digits")]
    Salt,
    /// One of the two that belong together.
    #[error("it has one of `salt` and `body`: expected both, or neither where they were redacted")]
    Half,
}

impl Line {
    /// As it is written, with its line break.
    pub(super) fn written(self) -> Result<Vec<u8>, serde_json::Error> {
        let line = match self {
            Line::Whole(Entry { header, salt, body }) => {
                Written { header, salt: Some(salt_digits(&salt)), body: Some(body) }
            }
            Line::Header(header) => Written { header, salt: None, body: None },
        };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads one.
    pub(super) fn read(line: &[u8]) -> Result<Line, LineError> {
        let Written { header, salt, body } = serde_json::from_slice(line).map_err(LineError::Json)?;
        match (salt, body) {
            (None, None) => Ok(Line::Header(header)),
            (Some(salt), Some(body)) => {
                let salt = read_salt(&salt).ok_or(LineError::Salt)?;
                Ok(Line::Whole(Entry { header, salt, body }))
            }
            _ => Err(LineError::Half),
        }
    }
}
