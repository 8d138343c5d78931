//! What became of a text: of the words of one quote, and of the paragraphs.
//!
//! A page changes all the time around its article: menus, date stamps, counts of comments. What counts is whether the
//! sentence of a quote says the same. It does where it stands word for word, or where only words changed outside the
//! quote that neither count nor deny; a "not" that came or went never passes. Of digits around a quote nothing is known
//! here but that they changed: whether they are another figure's is for whoever reads figures to say.

use std::collections::HashSet;
use std::ops::Range;

use super::fold::Folded;
use super::nearest::{Difference, between, nearest};
use super::pairing::{Pairing, Unit, pair, pair_alike};
use super::searchable::Searchable;
use super::stamps::is_surroundings;
use super::{QuoteError, find};
use crate::domain::quote::{Quote, WantedQuote};
use crate::domain::text::{Role, Span, Text};

/// What became of the words of a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They stand where they stood, and their sentence says what it said.
    StillThere,
    /// They stand where they stood; around them in their sentence words changed that neither deny nor name.
    Reworded {
        /// The sentence that was there.
        before: String,
        /// The sentence that is there.
        now: String,
        /// Where the quote stands in both, in bytes, if it does letter by letter and in one place.
        place: Option<(Span, Span)>,
        /// Digits are among what changed.
        counts: bool,
    },
    /// They stand in another place among the sentences that stayed, or in another part of the page.
    Moved,
    /// They, or what stands around them in their sentence, read otherwise.
    Changed {
        /// The words that were there: the quote, or its sentence where the quote itself stands.
        before: String,
        /// The words that are there.
        now: String,
    },
    /// Nothing like them is there.
    Gone,
}

/// Two texts of a page, sentence by sentence.
pub struct Revision<'t> {
    before: &'t Text,
    now: &'t Text,
    old: Vec<Unit>,
    new: Vec<Unit>,
    pairing: Pairing,
    words: Searchable<'t>,
}

/// Per cent of the words of a quote that stand together, where nothing is like its sentence …
const ALIKE_ALONE: usize = 75;
/// … and of a sentence, for it to have become part of another.
const WITHIN: usize = 90;
/// Per cent of the words around a quote, of the fewer, that two sentences share which tell the same.
const AROUND: usize = 50;
/// So many words, or more, are a claim by themselves wherever they stand.
const TELLING_ALONE: usize = 6;

impl<'t> Revision<'t> {
    /// Finds out what became of each sentence.
    pub fn of(before: &'t Text, now: &'t Text) -> Revision<'t> {
        let (old, new) = (sentences(before), sentences(now));
        let pairing = pair(&old, &new);
        Revision { before, now, old, new, pairing, words: Searchable::new(now.content.as_str()) }
    }

    /// What became of a quote of the earlier text. `about` has for everybody whom the claim is about what he goes by: where
    /// the sentence names him no more it tells of somebody else.
    pub fn fate(&self, quote: &Quote, about: &[Vec<String>]) -> Fate {
        let place = quote.span();
        let first = self.old.partition_point(|unit| unit.span.end <= place.start);
        let last = first + self.old[first..].iter().take_while(|unit| unit.span.start < place.end).count();
        if first == last {
            return self.elsewhere(quote, &quote.exact, about);
        }
        let told = &self.before.content[self.old[first].span.start..self.old[last - 1].span.end];
        let mut became: Vec<usize> = (first..last).filter_map(|unit| self.pairing.now[unit]).collect();
        if became.is_empty() {
            return match self.holding(first..last) {
                Some(unit) => self.within(unit, told, quote, about),
                None => self.elsewhere(quote, told, about),
            };
        }
        let is_same = |unit: usize| self.pairing.now[unit].is_some_and(|now| self.reads_as(unit, now));
        if !(first..last).all(is_same) {
            became.sort_unstable();
            self.extend(&mut became, first..last);
            return self.compared(told, &self.in_words(&became), quote, about);
        }
        let is_elsewhere = |unit: usize| {
            let now = self.pairing.now[unit].map(|now| self.new[now].role);
            self.pairing.moved[unit] || now.is_some_and(|now| !is_same_part(self.old[unit].role, now))
        };
        if (first..last).any(is_elsewhere) { Fate::Moved } else { Fate::StillThere }
    }

    fn reads_as(&self, old: usize, new: usize) -> bool {
        self.old[old].folded == self.new[new].folded
    }

    /// The new sentence that holds nearly all words of these, which became no sentence of their own.
    fn holding(&self, sentences: Range<usize>) -> Option<usize> {
        let all = |unit: &Unit| {
            let shared: usize = self.old[sentences.clone()].iter().map(|old| old.n_shared(unit)).sum();
            let words: usize = self.old[sentences.clone()].iter().map(Unit::n_words).sum();
            words >= 4 && shared * 100 >= WITHIN * words
        };
        (0..self.new.len()).filter(|&unit| all(&self.new[unit])).min_by_key(|&unit| self.new[unit].n_words())
    }

    /// What became of a quote whose sentence is part of another one now.
    fn within(&self, unit: usize, told: &str, quote: &Quote, about: &[Vec<String>]) -> Fate {
        let whole = self.in_words(&[unit]);
        // The rest of that sentence may be an earlier one, which denied what it denies.
        let rest = self.pairing.before[unit].map_or("", |old| self.old[old].span.of(&self.before.content));
        let own = nearest(&Searchable::new(whole.as_str()), &Folded::new(told.trim()).text).map(|own| own.passage);
        let now = own.filter(|_| n_denials(&whole) <= n_denials(told) + n_denials(rest)).unwrap_or(whole);
        match self.compared(told, &now, quote, about) {
            Fate::Reworded { counts: false, .. } => Fate::Moved,
            Fate::Reworded { before, now, .. } => Fate::Changed { before, now },
            other => other,
        }
    }

    /// Adds the new sentences beside these that were part of the old ones: a sentence that was cut in two.
    fn extend(&self, became: &mut Vec<usize>, sentences: Range<usize>) {
        let part = |&unit: &usize| {
            let new = &self.new[unit];
            let most = self.old[sentences.clone()].iter().map(|old| old.n_shared(new)).max().unwrap_or(0);
            self.pairing.before[unit].is_none() && most * 100 >= AROUND * new.n_words()
        };
        let after = became.last().map(|last| last + 1).filter(|unit| *unit < self.new.len()).filter(part);
        let before = became.first().and_then(|first| first.checked_sub(1)).filter(part);
        became.extend(after);
        became.splice(0..0, before);
    }

    /// Sentences of the later text, which are given ascending, as one.
    fn in_words(&self, units: &[usize]) -> String {
        let stand_together = units.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        match units {
            [first, .., last] if stand_together => {
                self.now.content[self.new[*first].span.start..self.new[*last].span.end].trim().to_string()
            }
            _ => {
                let words = units.iter().map(|&unit| self.new[unit].span.of(&self.now.content).trim());
                words.collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// What became of a quote, by the sentence it stood in and what that became.
    fn compared(&self, told: &str, now: &str, quote: &Quote, about: &[Vec<String>]) -> Fate {
        let (told, text) = (told.trim(), Searchable::new(now));
        let difference = difference(told, &text);
        let (old_words, new_words) = (words_of(told), words_of(now));
        let named =
            |words: &HashSet<String>, names: &[String]| names.iter().any(|name| words_of(name).is_subset(words));
        let is_telling = difference.iter().any(denies)
            || renames(&difference)
            || about.iter().any(|names| named(&old_words, names) && !named(&new_words, names));
        // A sentence that became part of another begins with a small letter there.
        let wanted = Folded::new(&quote.exact).text.to_lowercase();
        let stands = !places_of(&text, &quote.exact).is_empty() || text.folded().text.to_lowercase().contains(&wanted);
        if stands && !is_telling {
            let now = now.trim();
            let place = only_place(told, &quote.exact).zip(only_place(now, &quote.exact));
            let counts = difference.iter().any(counts);
            return Fate::Reworded { before: told.to_string(), now: now.to_string(), place, counts };
        }
        // Where the quote itself reads otherwise its own words tell more than its whole sentence does.
        let own = if stands { None } else { nearest(&text, &Folded::new(&quote.exact).text) };
        let keeps_its_ends = |part: Option<&Difference>| matches!(part, Some(Difference::Same(_)));
        let own = own.filter(|own| {
            let figures = own.passage.chars().any(char::is_numeric) && quote.exact.chars().any(char::is_numeric);
            figures || (keeps_its_ends(own.difference.first()) && keeps_its_ends(own.difference.last()))
        });
        match own {
            Some(own) => Fate::Changed { before: quote.exact.clone(), now: own.passage },
            None => Fate::Changed { before: told.to_string(), now: now.trim().to_string() },
        }
    }

    /// What became of a quote whose sentence became nothing: its words may stand in a headline still, or by themselves.
    fn elsewhere(&self, quote: &Quote, told: &str, about: &[Vec<String>]) -> Fate {
        for place in places_of(&self.words, &quote.exact) {
            let Some(unit) = self.unit_at(place) else { return Fate::Moved };
            let now = self.in_words(&[unit]);
            let stood = self.pairing.before[unit].is_some_and(|old| self.reads_as(old, unit));
            if stood && !tells_the_same(told, &now, &quote.exact) {
                // Another sentence, which has the same words in it as before.
                continue;
            }
            if tells_the_same(told, &now, &quote.exact) || quote.exact.split_whitespace().count() >= TELLING_ALONE {
                return match n_denials(told) == n_denials(&now) {
                    true => Fate::Moved,
                    false => self.compared(told, &now, quote, about),
                };
            }
        }
        let alone = nearest(&self.words, &Folded::new(&quote.exact).text);
        let alone = alone.filter(|own| {
            let stood = self.unit_at(own.span).and_then(|unit| Some((self.pairing.before[unit]?, unit)));
            let is_another = stood.is_some_and(|(old, unit)| self.reads_as(old, unit));
            share(&own.difference) >= ALIKE_ALONE && !is_another && quote.exact.split_whitespace().count() >= 4
        });
        match alone {
            Some(own) => Fate::Changed { before: quote.exact.clone(), now: own.passage },
            None => Fate::Gone,
        }
    }

    fn unit_at(&self, place: Span) -> Option<usize> {
        let unit = self.new.partition_point(|unit| unit.span.end <= place.start);
        (unit < self.new.len()).then_some(unit)
    }
}

/// True where the words around a quote are those that stood around it, by and large; or where there are none.
fn tells_the_same(told: &str, now: &str, quote: &str) -> bool {
    let quoted = words_of(quote);
    let around = |words: &str| words_of(words).difference(&quoted).cloned().collect::<HashSet<String>>();
    let (x, y) = (around(told), around(now));
    let fewer = x.len().min(y.len());
    x.intersection(&y).count() * 100 >= AROUND * fewer
}

/// What differs between two passages; all of both where they cannot be compared word by word.
fn difference(told: &str, now: &Searchable) -> Vec<Difference> {
    between(now, &Folded::new(told).text).map_or_else(
        || vec![Difference::Wanted(told.to_string()), Difference::Found(now.content().to_string())],
        |between| between.difference,
    )
}

/// Where words stand; of many places the first.
fn places_of(text: &Searchable, words: &str) -> Vec<Span> {
    let wanted = WantedQuote { exact: words.to_string(), ..WantedQuote::default() };
    match find(text, &wanted) {
        Ok(quote) => vec![quote.span()],
        Err(QuoteError::Ambiguous { places, .. }) => {
            let byte = |scalar: usize| text.scalar_to_byte(scalar);
            places.iter().filter_map(|place| Some(Span::new(byte(place.start)?, byte(place.end)?))).collect()
        }
        Err(_) => Vec::new(),
    }
}

/// Per cent of the words asked for that are the same.
fn share(difference: &[Difference]) -> usize {
    let count = |words: &str| words.split_whitespace().count();
    let (mut same, mut all) = (0, 0);
    for part in difference {
        match part {
            Difference::Same(words) => (same, all) = (same + count(words), all + count(words)),
            Difference::Wanted(words) => all += count(words),
            Difference::Found(_) => {}
        }
    }
    same * 100 / all.max(1)
}

fn is_same_part(old: Role, new: Role) -> bool {
    old == new || (is_told(old) && is_told(new) && old != Role::Title && new != Role::Title)
}

/// The sentences of all blocks.
fn sentences(text: &Text) -> Vec<Unit> {
    let mut units = Vec::new();
    for block in &text.blocks {
        let mut start = block.span.start;
        let stops = block.span.of(&text.content).char_indices().filter(|(_, c)| is_stop(*c));
        for (at, stop) in stops {
            let after = block.span.start + at + stop.len_utf8();
            if ends_sentence(&text.content[after..block.span.end], stop) {
                units.push(Unit::new(text, Span::new(start, after), block.role));
                start = after;
            }
        }
        units.push(Unit::new(text, Span::new(start, block.span.end), block.role));
    }
    units.retain(|unit| !unit.folded.is_empty());
    units
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '\n' | '。' | '！' | '？')
}

/// Whether a sentence ends at a stop before `rest`: where a space and no small letter or digit follow.
fn ends_sentence(rest: &str, stop: char) -> bool {
    if matches!(stop, '\n' | '。' | '！' | '？') {
        return true;
    }
    let rest = rest.trim_start_matches(['"', '\'', '”', '’', '»', ')', ']']);
    let next = rest.trim_start().chars().next();
    rest.starts_with(char::is_whitespace) && !next.is_some_and(|c| c.is_lowercase() || c.is_numeric())
}

/// True for a difference that counts or denies.
pub fn is_telling(part: &Difference) -> bool {
    counts(part) || denies(part)
}

fn counts(part: &Difference) -> bool {
    matches!(part, Difference::Wanted(words) | Difference::Found(words) if words.chars().any(char::is_numeric))
}

fn denies(part: &Difference) -> bool {
    let (Difference::Wanted(words) | Difference::Found(words)) = part else { return false };
    words_of(words).iter().any(|word| is_denial(word))
}

/// Where words stand in a text, if that is one place.
fn only_place(text: &str, words: &str) -> Option<Span> {
    let mut places = text.match_indices(words);
    let (start, _) = places.next()?;
    places.next().is_none().then(|| Span::new(start, start + words.len()))
}

/// True where one name stands for another: a word with a capital, and not the first of all.
fn renames(difference: &[Difference]) -> bool {
    let is_name = |word: &str| word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase);
    let named = |words: &str, skip: usize| words.split_whitespace().skip(skip).any(is_name);
    difference.windows(2).enumerate().any(|(place, pair)| match pair {
        [Difference::Wanted(x), Difference::Found(y)] | [Difference::Found(x), Difference::Wanted(y)] => {
            let skip = usize::from(place == 0);
            named(x, skip) && named(y, skip)
        }
        _ => false,
    })
}

/// Words that deny, or cast doubt, in the languages whose figures are read; English, then what it has without its
/// apostrophe, French, German, Spanish, Portuguese, Italian, Dutch.
const DENIALS: [&str; 8] = [
    "not no never none nobody nothing neither nor without cannot hardly denied denies deny denying refused refuses refusing
     rejected rejects false falsely untrue unlikely allegedly reportedly supposedly",
    "dont didnt doesnt isnt arent wasnt werent wont wouldnt couldnt shouldnt hasnt havent hadnt cant mustnt",
    "ne n pas jamais aucun aucune rien personne sans ni guère dément démenti démentent nié nient refusé refuse faux fausse
     prétendument",
    "nicht kein keine keinen keinem keiner keines keinesfalls keineswegs nie niemals niemand nichts ohne weder kaum bestreitet
     bestritt bestritten dementiert dementierte verneint verneinte falsch angeblich mutmaßlich",
    "nunca jamás ningún ninguno ninguna nadie nada sin tampoco niega niegan negó desmiente desmintió falso falsa
     supuestamente presuntamente",
    "não nenhum nenhuma ninguém sem nem nega negam negou desmente desmentiu alegadamente supostamente",
    "non mai nessun nessuno nessuna niente nulla senza né negano negato smentisce smentito presumibilmente",
    "niet geen nooit niets zonder noch nauwelijks ontkent ontkende ontkennen onwaar vermeend",
];

fn n_denials(text: &str) -> usize {
    all_words(text).filter(|word| is_denial(word)).count()
}

fn is_denial(word: &str) -> bool {
    DENIALS.iter().any(|words| words.split_whitespace().any(|known| known == word))
}

fn is_told(role: Role) -> bool {
    matches!(role, Role::Title | Role::Body | Role::Caption)
}

/// The words of a text in lower case, each once.
fn words_of(text: &str) -> HashSet<String> {
    all_words(text).collect()
}

fn all_words(text: &str) -> impl Iterator<Item = String> {
    // "didn't", "can’t", "won't": a word and "not".
    let lower = text.to_lowercase().replace("n't", " not").replace("n’t", " not");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_string).collect::<Vec<_>>().into_iter()
}

/// A paragraph, or a row of a table, that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As it was; `None` for a new one.
    pub before: Option<String>,
    /// As it is; `None` for one that is gone.
    pub now: Option<String>,
    /// The two as one line, with `[-was-]` and `{+is+}` around what differs, where there are two.
    pub marked: Option<String>,
    /// True where a digit or a denial changed in it, or stands in what came or went.
    pub telling: bool,
}

/// The paragraphs that changed between two texts of a page, in the order of the text; those that went last.
///
/// Of what is told in sentences and of headlines every change counts. Of other lines (section headings, list items, cells
/// of tables) only those in which a digit or a denial changed. Stamps of date and time and counts of comments never do.
/// A text without blocks is a table, every line of which counts.
pub fn changes(before: &Text, now: &Text) -> Vec<Change> {
    let is_table = now.blocks.is_empty();
    let lines = |text: &Text| -> Vec<Unit> {
        if is_table {
            let units = spans_of_lines(&text.content).map(|span| Unit::new(text, span, Role::Body));
            return units.filter(|unit| !unit.folded.is_empty()).collect();
        }
        let told = text.blocks.iter().filter(|block| is_told(block.role));
        let units = told.map(|block| Unit::new(text, block.span, block.role));
        let is_told = |unit: &Unit| unit.role == Role::Title || !is_surroundings(&unit.folded);
        units.filter(|unit| !unit.folded.is_empty() && is_told(unit)).collect()
    };
    let (old, new) = (lines(before), lines(now));
    // The next row of a table is about something else.
    let pairing = if is_table { pair_alike(&old, &new) } else { pair(&old, &new) };
    let is_story = |unit: &Unit| is_table || unit.role == Role::Title || is_prose(&unit.folded);
    let was = |unit: &Unit| unit.span.of(&before.content).trim().to_string();
    let is = |unit: &Unit| unit.span.of(&now.content).trim().to_string();
    let mut found = Vec::new();
    for (place, unit) in new.iter().enumerate() {
        let Some(old) = pairing.before[place].map(|place| &old[place]) else {
            if is_story(unit) {
                let telling = is_telling(&Difference::Found(is(unit)));
                found.push(Change { before: None, now: Some(is(unit)), marked: None, telling });
            }
            continue;
        };
        if old.folded == unit.folded {
            continue;
        }
        let words = is(unit);
        let between = between(&Searchable::new(words.as_str()), &old.folded);
        let telling = between.as_ref().is_none_or(|between| between.difference.iter().any(is_telling));
        if telling || is_story(unit) || is_story(old) {
            let marked = between.map(|between| between.marked());
            found.push(Change { before: Some(was(old)), now: Some(words), marked, telling });
        }
    }
    let gone = old.iter().enumerate().filter(|(place, unit)| pairing.now[*place].is_none() && is_story(unit));
    found.extend(gone.map(|(_, unit)| {
        let telling = is_telling(&Difference::Wanted(was(unit)));
        Change { before: Some(was(unit)), now: None, marked: None, telling }
    }));
    found
}

fn spans_of_lines(text: &str) -> impl Iterator<Item = Span> {
    let mut end = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = end;
        end += line.len();
        Span::new(start, end)
    })
}

/// True for what is told in sentences: it ends like one, or is as long as one.
fn is_prose(words: &str) -> bool {
    let n_words = words.split_whitespace().count();
    let ends = words.trim_end_matches(['"', '\'', '”', '’', '»', ')']).ends_with(['.', '!', '?', '…', ':']);
    (ends && n_words >= 4) || n_words >= 16
}
