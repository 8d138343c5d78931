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
    /// Its language (ISO 639), with its country (ISO 3166-1) where the page names one: `en`, `en-AU`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Agencies whose report it says it repeats ("(Reuters)", "with AFP"); an empty list says that it repeats none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Vec<String>>,
}

/// Names of countries that addresses everywhere use for something else.
const USED_BY_ALL: [&str; 12] = ["ai", "cc", "co", "fm", "gg", "io", "ly", "me", "to", "tv", "vc", "ws"];

/// The last label of a URL's host in lower case, if it is made of letters: "uk".
pub fn top_level_domain(url: &str) -> Option<String> {
    let host = url.split_once("://")?.1.split(['/', '?', '#', ':']).next()?;
    let label = host.rsplit('.').next()?.to_ascii_lowercase();
    let is_plain = host.contains('.') && label.bytes().all(|b| b.is_ascii_lowercase());
    (is_plain && !label.is_empty()).then_some(label)
}

impl SourceDetails {
    /// The country its address names (ISO 3166-1, lower case): "au" of `https://gazette.example.com.au/1`.
    pub fn country(&self) -> Option<String> {
        let url = self.url.as_deref()?;
        let label = top_level_domain(url).filter(|label| label.len() == 2)?;
        let below = url.contains(&format!(".com.{label}"));
        (below || !USED_BY_ALL.contains(&label.as_str())).then_some(label)
    }

    /// Of these details those that `known` lacks.
    pub fn beyond(self, known: &SourceDetails) -> SourceDetails {
        fn lacking<T>(detail: Option<T>, known: &Option<T>) -> Option<T> {
            detail.filter(|_| known.is_none())
        }
        SourceDetails {
            url: lacking(self.url, &known.url),
            title: lacking(self.title, &known.title),
            publisher: lacking(self.publisher, &known.publisher),
            author: lacking(self.author, &known.author),
            published: lacking(self.published, &known.published),
            language: lacking(self.language, &known.language),
            credits: lacking(self.credits, &known.credits),
        }
    }

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
