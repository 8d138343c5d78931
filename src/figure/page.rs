//! A paragraph as the readers see it: tokens with their meanings, asked for by index, never out of range.

use std::sync::LazyLock;

use super::lexicon::Lexicon;
use super::sense::{Role, Sense};
use super::token::{Gap, Kind, Token};

/// Which of two readings is wanted where the text allows two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The likelier one.
    Likely,
    /// The other meaning of the mark in "1.234".
    OtherGrouping,
    /// The other meaning of "billion".
    OtherScale,
}

/// A paragraph and the words of its language.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The tokens of the paragraph.
    pub tokens: &'a [Token],
    /// The words.
    pub lexicon: &'a Lexicon,
    /// The reading wanted.
    pub choice: Choice,
    /// "and" may join two number words; not after "between", where it joins the two ends.
    pub joins: bool,
    /// Somebody says that there is a figure: what only looks like a date or a name is read all the same.
    pub trusting: bool,
    /// It is the only one of its text.
    pub alone: bool,
}

static NOTHING: LazyLock<Sense> = LazyLock::new(Sense::default);

#[cfg(test)]
thread_local! {
    /// How many tokens were looked at: what tells linear work from quadratic, whatever the machine.
    pub static LOOKS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

impl<'a> Page<'a> {
    fn token(&self, at: usize) -> Option<&'a Token> {
        #[cfg(test)]
        LOOKS.set(LOOKS.get() + 1);
        self.tokens.get(at)
    }

    /// The kind of token `at`.
    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.token(at).map(|token| token.kind)
    }

    /// The meaning of token `at`; of no token, nothing.
    pub fn sense(&self, at: usize) -> &'a Sense {
        self.token(at).map_or(&NOTHING, |token| self.lexicon.sense(token))
    }

    /// The words of token `at`.
    pub fn word(&self, at: usize) -> &'a str {
        self.token(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// True when token `at` touches the one before.
    pub fn glued(&self, at: usize) -> bool {
        at > 0 && self.token(at).is_some_and(|token| token.gap == Gap::None)
    }

    /// True when a space and no line break stands before token `at`.
    pub fn spaced(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.gap == Gap::Space)
    }

    /// True when these tokens are all of the text.
    pub fn is_all(&self, tokens: std::ops::Range<usize>) -> bool {
        self.alone && tokens == (0..self.tokens.len())
    }

    /// True when the text is no longer than so many tokens.
    pub fn is_short(&self, most: usize) -> bool {
        self.alone && self.tokens.len() <= most
    }

    /// True when token `at` plays that part.
    pub fn is(&self, at: usize, role: Role) -> bool {
        self.sense(at).is(role)
    }

    /// True when token `at` stands on the same line as the one before.
    pub fn same_line(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.gap != Gap::Line)
    }

    /// The token after a hyphen that touches both its sides, when `at` is such a hyphen, else `at`.
    pub fn past_hyphen(&self, at: usize) -> usize {
        let hyphen = self.kind(at) == Some(Kind::Dash) && self.glued(at) && self.glued(at + 1);
        if hyphen { at + 1 } else { at }
    }

    /// True for a word that is not one of the small words and carries no meaning of its own beside a number: a noun,
    /// most likely.
    pub fn is_content(&self, at: usize) -> bool {
        let sense = self.sense(at);
        let numeric = sense.is_numeric() || sense.hedge_after.is_some() || sense.per.is_some();
        self.kind(at) == Some(Kind::Word)
            && !sense.is(Role::Stop)
            && !sense.is(Role::And)
            && !sense.is(Role::Or)
            && !numeric
    }

    /// The power of ten that token `at` is, or begins with where words are written together: "Millionen",
    /// "Milliardenhöhe".
    pub fn scale_within(&self, at: usize) -> Option<i32> {
        let power = self.sense(at).power.or_else(|| self.lexicon.scale_at_beginning(self.word(at)))?;
        Some(power.exponent).filter(|exponent| *exponent >= 6)
    }

    /// True for a word with a capital.
    pub fn is_capital(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word) && self.word(at).chars().next().is_some_and(char::is_uppercase)
    }

    /// True when nothing of the sentence stands before token `at`.
    pub fn begins_sentence(&self, at: usize) -> bool {
        at == 0
            || !self.same_line(at)
            || match self.kind(at - 1) {
                Some(Kind::Stop | Kind::Dash) => !self.glued(at),
                Some(Kind::Symbol) => "\"“”«»„(•".contains(self.word(at - 1)),
                _ => false,
            }
    }
}
