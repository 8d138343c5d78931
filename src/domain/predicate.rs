//! Predicates: what can be said of an entity, and how two such claims compare.

use serde::{Deserialize, Serialize};

/// What kind of value a predicate takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// A sum of money.
    Money,
    /// A percentage.
    Percent,
    /// A number of people or things.
    Count,
    /// Any figure; figures of different kinds are different questions.
    Figure,
    /// No value: it holds or it does not ("joined").
    State,
    /// Words, given as the claim's object ("CEO of Scale AI").
    Text,
    /// A date, given as the claim's object ("2024").
    Date,
    /// A time of day, given as the object.
    Time,
}

impl ValueKind {
    /// True for the kinds whose value is a figure.
    pub fn is_figure(self) -> bool {
        matches!(self, ValueKind::Money | ValueKind::Percent | ValueKind::Count | ValueKind::Figure)
    }

    /// True for the kinds whose value is given as the claim's object.
    pub fn is_object(self) -> bool {
        matches!(self, ValueKind::Text | ValueKind::Date | ValueKind::Time)
    }

    /// The name used in files and output.
    pub fn name(self) -> &'static str {
        match self {
            ValueKind::Money => "money",
            ValueKind::Percent => "percent",
            ValueKind::Count => "count",
            ValueKind::Figure => "figure",
            ValueKind::State => "state",
            ValueKind::Text => "text",
            ValueKind::Date => "date",
            ValueKind::Time => "time",
        }
    }
}

/// How a predicate's claims stand in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Time {
    /// Happens once; a later date does not make another value right.
    Event,
    /// Holds for a while and may change.
    State,
    /// A count that only grows.
    Running,
    /// Per period.
    Flow,
}

impl Time {
    /// The name used in files and output.
    pub fn name(self) -> &'static str {
        match self {
            Time::Event => "event",
            Time::State => "state",
            Time::Running => "running",
            Time::Flow => "flow",
        }
    }
}

/// Whether claims name an object: whom or what the predicate is about beside its subject. Claims on different
/// objects are different questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectRule {
    /// Never. For text and dates, whose value is given as the object, it means one right value.
    None,
    /// May.
    Optional,
    /// Must.
    Required,
}

/// A predicate's definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// Its name: lower-case words joined by hyphens.
    pub name: String,
    /// The kind of value.
    pub value: ValueKind,
    /// How its claims stand in time.
    pub time: Time,
    /// Whether claims name an object.
    pub object: ObjectRule,
    /// Unit of `figure` values where there is only one ("km").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Predicates of one group exclude each other ("accepted", "declined").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive: Option<String>,
    /// What follows from it (joined implies accepted).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implies: Vec<String>,
    /// False where two claims never contradict each other, whatever they say ("said").
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub compare: bool,
    /// One line for people.
    #[serde(default)]
    pub describes: String,
}

fn yes() -> bool {
    true
}

/// Why a definition is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PredicateError {
    /// The name is not lower-case words joined by hyphens.
    #[error("`{0}` is not a predicate name: expected lower-case words joined by hyphens, such as `pay-rise`")]
    Name(String),
    /// A unit where the kind of value settles it.
    #[error("predicate `{name}`: only `value = \"figure\"` takes a `unit`, not `value = \"{value}\"`")]
    Unit {
        /// The predicate.
        name: String,
        /// Its kind of value.
        value: &'static str,
    },
    /// A part that says nothing, or nothing that could be.
    #[error("predicate `{name}`: `{part}` {what}")]
    Part {
        /// The predicate.
        name: String,
        /// The part.
        part: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A running or flow predicate without a figure.
    #[error("predicate `{name}`: `time = \"{time}\"` needs a figure, not `value = \"{value}\"`")]
    Time {
        /// The predicate.
        name: String,
        /// How it stands in time.
        time: &'static str,
        /// Its kind of value.
        value: &'static str,
    },
}

impl Predicate {
    /// Checks that the parts fit together.
    pub fn check(&self) -> Result<(), PredicateError> {
        let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if self.name.len() > 64 || !self.name.split('-').all(word) {
            return Err(PredicateError::Name(self.name.chars().take(80).collect()));
        }
        if self.unit.is_some() && self.value != ValueKind::Figure {
            return Err(PredicateError::Unit { name: self.name.clone(), value: self.value.name() });
        }
        let part = |part, what| Err(PredicateError::Part { name: self.name.clone(), part, what });
        let hides = |text: &str| text.chars().any(char::is_control);
        if self.implies.contains(&self.name) {
            return part("implies", "names the predicate itself");
        }
        if self.exclusive.is_some() && self.value != ValueKind::State {
            return part("exclusive", "is for `value = \"state\"` only");
        }
        if self.exclusive.as_ref().is_some_and(|group| !group.split('-').all(word)) {
            return part("exclusive", "must be lower-case words joined by hyphens");
        }
        if self.unit.as_ref().is_some_and(|unit| unit.trim().is_empty() || hides(unit)) {
            return part("unit", "must be a word such as `km`");
        }
        if hides(&self.describes) {
            return part("describes", "must be one line");
        }
        if matches!(self.time, Time::Running | Time::Flow) && !self.value.is_figure() {
            return Err(PredicateError::Time {
                name: self.name.clone(),
                time: self.time.name(),
                value: self.value.name(),
            });
        }
        Ok(())
    }
}

/// The predicate whose claims say what a currency is worth: `EUR exchange-rate USD 1.16`.
pub const EXCHANGE_RATE: &str = "exchange-rate";

/// The predicates every new ledger starts with.
pub fn shipped() -> Vec<Predicate> {
    use ObjectRule::{None as No, Optional};
    use Time::{Event, Flow, Running, State as Lasting};
    use ValueKind::{Count, Date, Figure, Money, Percent, State, Text};
    let plain = |name: &str, value, time, object, describes: &str| Predicate {
        name: name.into(),
        value,
        time,
        object,
        unit: None,
        exclusive: None,
        implies: Vec::new(),
        compare: true,
        describes: describes.into(),
    };
    let exclusive = |group: &str, p: Predicate| Predicate { exclusive: Some(group.into()), ..p };
    let implying = |other: &str, p: Predicate| Predicate { implies: vec![other.into()], ..p };
    let never_compared = |p: Predicate| Predicate { compare: false, ..p };
    vec![
        plain("investment", Money, Event, Optional, "Money the subject put into the object"),
        plain("acquisition-price", Money, Event, Optional, "What the subject paid or offered for the object"),
        plain("compensation-offer", Money, Event, Optional, "Pay the subject offered the object"),
        plain("compensation-received", Money, Event, Optional, "Pay the subject received from the object"),
        plain("amount", Figure, Event, Optional, "Any figure about the subject"),
        plain("stake", Percent, Event, Optional, "Share of the object that the subject took"),
        plain("valuation", Money, Lasting, No, "What the subject is valued at"),
        plain("revenue", Money, Flow, No, "Revenue of the subject in a period"),
        plain("headcount", Count, Lasting, No, "People who work for the subject"),
        plain("remaining", Count, Lasting, No, "How many of the subject are left"),
        plain("hires", Count, Running, Optional, "How many the subject has hired, from the object"),
        plain("contacted", Count, Running, Optional, "How many of the object the subject has approached"),
        plain("casualties", Count, Running, Optional, "Dead or injured of the subject so far"),
        implying(
            "accepted",
            exclusive("membership", plain("joined", State, Lasting, Optional, "The subject joined the object")),
        ),
        exclusive("membership", plain("left", State, Lasting, Optional, "The subject left the object")),
        exclusive("answer", plain("accepted", State, Lasting, Optional, "The subject accepted the object's offer")),
        exclusive("answer", plain("declined", State, Lasting, Optional, "The subject declined the object's offer")),
        exclusive("answer", plain("undecided", State, Lasting, Optional, "The subject has not answered the object")),
        plain(EXCHANGE_RATE, Figure, Lasting, Optional, "How much of the object, a currency, one of the subject is"),
        plain("role", Text, Lasting, Optional, "What the subject is, in words"),
        plain("founded", Date, Event, No, "When the subject was founded"),
        plain("announced", Date, Event, No, "When the subject was announced"),
        never_compared(plain("said", Text, Event, Optional, "What the subject said, in words")),
        never_compared(plain("no-comment", Text, Event, Optional, "The subject would not comment")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_predicate_is_sound_and_named_once() {
        let mut names = std::collections::BTreeSet::new();
        for predicate in shipped() {
            predicate.check().unwrap();
            assert!(names.insert(predicate.name.clone()), "{}", predicate.name);
        }
        for predicate in shipped() {
            assert!(predicate.implies.iter().all(|name| names.contains(name)));
        }
    }

    #[test]
    fn unsound_definitions_are_refused() {
        let base = shipped().remove(0);
        assert!(Predicate { name: "Pay Rise".into(), ..base.clone() }.check().is_err());
        assert!(Predicate { unit: Some("km".into()), ..base.clone() }.check().is_err());
        assert!(Predicate { value: ValueKind::State, time: Time::Running, ..base }.check().is_err());
    }
}
