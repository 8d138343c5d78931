//! The two languages in which a verdict explains itself.

use crate::domain::verdict::Reason;

/// The language of sentences. Everything else (column names, verdicts, keys) is English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

/// The scale words of a language: the power of ten, the word for one and for several.
pub(super) type ScaleWord = (i32, &'static str, &'static str);

impl Language {
    /// One of two phrases.
    pub(super) fn pick(self, en: &'static str, fr: &'static str) -> &'static str {
        match self {
            Language::En => en,
            Language::Fr => fr,
        }
    }

    pub(super) fn scales(self) -> [ScaleWord; 3] {
        match self {
            Language::En => [(12, " trillion", " trillion"), (9, " billion", " billion"), (6, " million", " million")],
            // A French "billion" is 10^12 and few know it.
            Language::Fr => [
                (12, " mille milliards", " mille milliards"),
                (9, " milliard", " milliards"),
                (6, " million", " millions"),
            ],
        }
    }

    /// The decimal mark.
    pub(super) fn mark(self) -> char {
        match self {
            Language::En => '.',
            Language::Fr => ',',
        }
    }

    /// What stands between groups of three digits.
    pub(super) fn grouping(self) -> char {
        match self {
            Language::En => ',',
            Language::Fr => '\u{202f}',
        }
    }

    /// A quote in quotation marks.
    pub(super) fn quoted(self, words: &str) -> String {
        match self {
            Language::En => format!("“{words}”"),
            Language::Fr => format!("«\u{a0}{words}\u{a0}»"),
        }
    }

    /// What there is to say of a conflict without a reason of its own.
    pub(super) fn cannot_both(self) -> &'static str {
        self.pick("they cannot both be true", "elles ne peuvent être vraies toutes deux")
    }

    /// A reason in words.
    pub fn explained(self, reason: Reason) -> &'static str {
        let (en, fr) = match reason {
            Reason::DifferentReferent => ("they are not about the same thing", "elles ne parlent pas de la même chose"),
            Reason::NoRate => (
                "two currencies or units, and no rate between them on record",
                "deux monnaies ou unités, et aucun taux consigné entre elles",
            ),
            Reason::Period => ("they are for different periods", "elles portent sur des périodes différentes"),
            Reason::Grew => ("the count grew", "le décompte a augmenté"),
            Reason::OtherTime => ("they are true of different times", "elles valent pour des moments différents"),
            Reason::Truncation => (
                "they meet if the rougher figure was cut off, not rounded",
                "elles se rejoignent si le chiffre le moins précis a été tronqué et non arrondi",
            ),
            Reason::Approximation => (
                "they meet if the approximation is read generously",
                "elles se rejoignent si l’approximation est prise au sens large",
            ),
            Reason::RoundNumber => (
                "they meet if the round number is meant loosely",
                "elles se rejoignent si le chiffre rond est pris au sens large",
            ),
            Reason::Rate => ("two currencies, at the rate on record", "deux monnaies, au taux consigné"),
            Reason::Subset => (
                "the smaller count may be a part of the larger",
                "le plus petit décompte est peut-être une partie du plus grand",
            ),
            Reason::Stale => ("the later one may be out of date", "la plus récente n’est peut-être plus à jour"),
            Reason::Revision => (
                "the same outlet or speaker gives two values: one may be a correction of the other",
                "la même source donne deux valeurs : l’une corrige peut-être l’autre",
            ),
            Reason::Denied => ("one denies what the other says", "l’une dément ce que l’autre affirme"),
            Reason::Exclusive => ("the one excludes the other", "l’une exclut l’autre"),
            Reason::Underspecified => (
                "only one says which part, period or person is meant",
                "une seule précise la partie, la période ou la personne visée",
            ),
            Reason::Scope => ("only one says whom it includes", "une seule précise qui est compris"),
            Reason::CurrencyUnknown => ("the currency of one is not stated", "la monnaie de l’une n’est pas indiquée"),
            Reason::Unconfirmed => {
                ("one is only alleged or predicted", "l’une n’est qu’au conditionnel ou une prévision")
            }
            Reason::DatesUnstated => (
                "not both say which date they are true of",
                "elles ne disent pas toutes deux à quelle date elles valent",
            ),
            Reason::BoundFlipped => (
                "one report is given as a minimum and as a maximum",
                "une même information est donnée comme un minimum et comme un maximum",
            ),
            Reason::CurrencySwapped => ("the same digits in two currencies", "les mêmes chiffres en deux monnaies"),
            Reason::FactorOfAThousand => (
                "a factor of a thousand: million and billion may be mixed up",
                "un facteur mille : millions et milliards ont pu être confondus",
            ),
            Reason::PeriodSwapped => {
                ("the same sum for different periods", "la même somme pour des périodes différentes")
            }
            Reason::PercentForPoints => (
                "per cent and percentage points may be mixed up",
                "pour cent et points de pourcentage ont pu être confondus",
            ),
            Reason::OtherQuestion => {
                ("the value is given elsewhere as something else", "la valeur est donnée ailleurs pour autre chose")
            }
            Reason::SamePage => ("both stand on one page", "toutes deux figurent sur la même page"),
            Reason::SelfContradiction => (
                "one origin is quoted otherwise at another time: it changed its account, or somebody misreports it",
                "une même origine est citée autrement à un autre moment : elle a varié, ou l’une la rapporte mal",
            ),
            Reason::OneOrigin => (
                "both go back to one origin, so somebody misreports it or it was revised",
                "toutes deux remontent à une même origine : l’une la rapporte mal, ou elle a été corrigée",
            ),
        };
        self.pick(en, fr)
    }

    /// The reasons of a pair in words. What is said of one origin in particular goes before the general remark.
    pub fn explanations(self, reasons: &[Reason]) -> Vec<&'static str> {
        let particular = [Reason::SamePage, Reason::SelfContradiction, Reason::Revision, Reason::BoundFlipped];
        let known = reasons.iter().any(|reason| particular.contains(reason));
        let told = reasons.iter().filter(|reason| !(known && **reason == Reason::OneOrigin));
        told.map(|reason| self.explained(*reason)).collect()
    }
}
