//! Sources and their snapshots.

use serde::{Deserialize, Serialize};

use super::when::When;

/// What is known about a publication. Every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDetails {
    /// Where it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who publishes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When it was published, as precisely as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<When>,
    /// Its language, ISO 639-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Agencies whose report it says it repeats ("(Reuters)", "with AFP"); an empty list says that it repeats none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Vec<String>>,
}

impl SourceDetails {
    /// These details, with the gaps filled from `other`.
    pub fn or(self, other: SourceDetails) -> SourceDetails {
        SourceDetails {
            url: self.url.or(other.url),
            title: self.title.or(other.title),
            publisher: self.publisher.or(other.publisher),
            author: self.author.or(other.author),
            published: self.published.or(other.published),
            language: self.language.or(other.language),
            credits: self.credits.or(other.credits),
        }
    }
}
