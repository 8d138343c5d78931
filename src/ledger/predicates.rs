//! Defining predicates.

use serde::Deserialize;

use super::Ledger;
use super::error::{LedgerError, Refusal};
use crate::domain::predicate::{ObjectRule, Predicate, Time, ValueKind};
use crate::record::body::Body;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    predicates: std::collections::BTreeMap<String, Definition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    value: ValueKind,
    time: Time,
    #[serde(default = "optional")]
    object: ObjectRule,
    unit: Option<String>,
    exclusive: Option<String>,
    #[serde(default)]
    implies: Vec<String>,
    #[serde(default = "yes")]
    compare: bool,
    #[serde(default)]
    describes: String,
}

fn optional() -> ObjectRule {
    ObjectRule::Optional
}

fn yes() -> bool {
    true
}

impl Ledger {
    /// Defines the predicates of a TOML file (`docs/predicates.md`), which messages call `place`. A definition already on record is passed over
    /// when it is the same, and refused when it is not. Answers the names defined.
    pub fn add_predicates(&mut self, place: &str, toml: &str) -> Result<Vec<String>, LedgerError> {
        let refused = |what: String| LedgerError::from(Refusal::Predicate { place: place.to_string(), what });
        let file: File = toml::from_str(toml).map_err(|error| refused(error.to_string().trim_end().to_string()))?;
        let mut session = self.session()?;
        let mut defined = Vec::new();
        for (name, definition) in file.predicates {
            let predicate = Predicate {
                name: name.clone(),
                value: definition.value,
                time: definition.time,
                object: definition.object,
                unit: definition.unit,
                exclusive: definition.exclusive,
                implies: definition.implies,
                compare: definition.compare,
                describes: definition.describes,
            };
            predicate.check().map_err(|error| refused(error.to_string()))?;
            match session.writer.view().predicate(&name)? {
                Some(known) if *known == predicate => {}
                Some(_) => {
                    let what = format!("predicate `{name}` is defined already, and differently: choose another name");
                    return Err(refused(what));
                }
                None => {
                    session.append(Body::Predicate(predicate))?;
                    defined.push(name);
                }
            }
        }
        for predicate in session.writer.view().predicates()? {
            let name = &predicate.name;
            for implied in &predicate.implies {
                match session.writer.view().predicate(implied)? {
                    None => {
                        return Err(refused(format!("predicate `{name}` implies `{implied}`, which is not defined")));
                    }
                    Some(other) if (predicate.value, other.value) != (ValueKind::State, ValueKind::State) => {
                        return Err(refused(format!("predicate `{name}` implies `{implied}`: both must be states")));
                    }
                    Some(_) => {}
                }
            }
            // The group's question goes by the group's name.
            if let Some(group) = &predicate.exclusive
                && session.writer.view().predicate(group)?.is_some()
            {
                let what = format!("predicate `{name}`: the group `{group}` has the name of a predicate");
                return Err(refused(what));
            }
        }
        session.finish()?;
        Ok(defined)
    }
}
