//! The folded form of a text: typography evened out, with a map back to the text.
//!
//! | in the text | in the folded form |
//! | --- | --- |
//! | any run of Unicode white space, line breaks among it | one space |
//! | soft hyphen, zero-width space and joiners, byte order mark, direction marks, emoji variation selectors | nothing |
//! | `“ ” „ ‟ « » ″ ‶ 〝 〞 〟` | `"` |
//! | `‘ ’ ‚ ‛ ‹ › ʼ ʻ ʹ ′ ‵ ´` and the backtick | `'` |
//! | white space on the inner side of `« »`, `‹ ›` and `“ ”` | nothing |
//! | every hyphen, dash and minus sign; two or three `-` in a row | `-` |
//! | `…` | `...` |
//! | the ligatures `ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ` | their letters |
//! | canonically equal spellings (NFC, NFD) | NFC |
//!
//! Everything else stays: case, digits of every kind (`14²` is not `142`), `œ`, full-width forms, every letter.
//!
//! Folding is one pass. A character and the marks that may compose with it are folded together, so that the result is
//! NFC whatever the text was.

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A folded text and the way back.
pub(super) struct Folded {
    /// The folded form.
    pub(super) text: String,
    /// In order of both sides, covering all of `text`; what was dropped lies in the gaps of the other side.
    pieces: Vec<Piece>,
}

/// A stretch of the folded form, up to the next piece, and the stretch of text it stands for.
#[derive(Clone, Copy)]
struct Piece {
    folded: usize,
    text: usize,
    /// Bytes of the text that match as a whole; 0 where the stretch was copied byte for byte.
    whole: usize,
}

/// What becomes of one character.
pub(super) enum Fold {
    Keep,
    Drop,
    To(&'static str),
}

/// The folding of single characters; white space is not looked at here.
pub(super) fn fold_char(c: char) -> Fold {
    match c {
        '`' => Fold::To("'"),
        _ if c.is_ascii() => Fold::Keep,
        _ if is_dropped(c) => Fold::Drop,
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '‶' | '〝' | '〞' | '〟' => Fold::To("\""),
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | 'ʼ' | 'ʻ' | 'ʹ' | '′' | '‵' | '´' => Fold::To("'"),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Fold::To("-"),
        '…' => Fold::To("..."),
        'ﬀ' => Fold::To("ff"),
        'ﬁ' => Fold::To("fi"),
        'ﬂ' => Fold::To("fl"),
        'ﬃ' => Fold::To("ffi"),
        'ﬄ' => Fold::To("ffl"),
        // The first letter of this one is a long s, which is a letter of its own.
        'ﬅ' => Fold::To("ſt"),
        'ﬆ' => Fold::To("st"),
        _ => Fold::Keep,
    }
}

/// True for characters that show nothing and carry no meaning of their own. The direction overrides (U+202D, U+202E)
/// are not among them: they change what is read.
pub(super) fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202c}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fe0e}' | '\u{fe0f}'
            | '\u{feff}'
    )
}

/// True for white space and for what folding drops: neither begins or ends a quote.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_dropped(c)
}

/// True when `c` may join the character before it in NFC.
pub(super) fn is_extender(c: char) -> bool {
    // Before U+0300 there is none, and the large alphabets below have none either; asking the tables costs more.
    if c < '\u{300}' || matches!(c, '\u{1e00}'..='\u{20cf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}') {
        return false;
    }
    if canonical_combining_class(c) != 0 {
        return true;
    }
    match is_nfc_quick(std::iter::once(c)) {
        IsNormalized::Yes => false,
        IsNormalized::Maybe => true,
        // A few marks of class 0 decompose into marks of another class, which then sort and compose.
        IsNormalized::No => {
            let mut first = None;
            decompose_canonical(c, |d| first = first.or(Some(d)));
            first.is_some_and(|d| canonical_combining_class(d) != 0)
        }
    }
}

impl Folded {
    /// Folds `content`; linear in its length.
    pub(super) fn new(content: &str) -> Folded {
        let mut folder = Folder { content, text: String::with_capacity(content.len()), pieces: Vec::new() };
        let mut at = 0;
        while at < content.len() {
            at = folder.step(at);
        }
        Folded { text: folder.text, pieces: folder.pieces }
    }

    /// True when the folded form is the text itself.
    pub(super) fn is_verbatim(&self, content: &str) -> bool {
        self.text.len() == content.len() && self.pieces.iter().all(|p| p.whole == 0)
    }

    /// Where the text of a match that starts at `folded` starts, and whether that is an edge rather than the inside
    /// of something folded as a whole.
    pub(super) fn start_in_text(&self, folded: usize) -> (usize, bool) {
        let Some(piece) = self.piece_where(|p| p.folded <= folded) else { return (0, true) };
        let inside = folded - piece.folded;
        if piece.whole == 0 { (piece.text + inside, true) } else { (piece.text, inside == 0) }
    }

    /// Where the text of a match that ends at `folded` ends, and whether that is an edge.
    pub(super) fn end_in_text(&self, folded: usize) -> (usize, bool) {
        let after = self.pieces.partition_point(|p| p.folded < folded);
        let Some(index) = after.checked_sub(1) else { return (0, true) };
        let piece = self.pieces[index];
        let edge = self.pieces.get(after).map_or(self.text.len(), |p| p.folded) == folded;
        if piece.whole == 0 { (piece.text + folded - piece.folded, true) } else { (piece.text + piece.whole, edge) }
    }

    /// How many folded bytes stand for the text before `at`; `None` inside of something folded as a whole.
    pub(super) fn at_text(&self, at: usize) -> Option<usize> {
        let after = self.pieces.partition_point(|p| p.text <= at);
        let Some(index) = after.checked_sub(1) else { return Some(0) };
        let piece = self.pieces[index];
        let end = self.pieces.get(after).map_or(self.text.len(), |p| p.folded);
        if piece.whole == 0 {
            Some((piece.folded + at - piece.text).min(end))
        } else if at == piece.text {
            Some(piece.folded)
        } else {
            (at >= piece.text + piece.whole).then_some(end)
        }
    }

    fn piece_where(&self, before: impl Fn(&Piece) -> bool) -> Option<Piece> {
        self.pieces.partition_point(before).checked_sub(1).map(|i| self.pieces[i])
    }
}

/// The work of [`Folded::new`].
struct Folder<'a> {
    content: &'a str,
    text: String,
    pieces: Vec<Piece>,
}

impl Folder<'_> {
    /// Folds what stands at `at` and says where to go on.
    fn step(&mut self, at: usize) -> usize {
        let plain = plain_run(self.content, at);
        if plain > at {
            return self.copy(at, plain);
        }
        let Some(c) = self.content[at..].chars().next() else { return self.content.len() };
        let next = at + c.len_utf8();
        if c.is_whitespace() {
            return self.space(at);
        }
        if is_dropped(c) {
            return next;
        }
        if c == '-' {
            return self.hyphens(at);
        }
        let end = self.cluster_end(next);
        if end > next || !is_stable(c) {
            self.cluster(at, end);
            return end;
        }
        match fold_char(c) {
            Fold::Keep => self.copy(at, next),
            Fold::Drop => next,
            Fold::To(folded) => {
                self.whole(folded, at, next);
                if self.opens(c, at) { self.after_space(next) } else { next }
            }
        }
    }

    /// Takes `from..to` over byte for byte.
    fn copy(&mut self, from: usize, to: usize) -> usize {
        let goes_on = self.pieces.last().is_some_and(|p| p.whole == 0 && p.text + (self.text.len() - p.folded) == from);
        if !goes_on {
            self.pieces.push(Piece { folded: self.text.len(), text: from, whole: 0 });
        }
        self.text.push_str(&self.content[from..to]);
        to
    }

    /// Puts `folded` for the whole of `from..to`.
    fn whole(&mut self, folded: &str, from: usize, to: usize) {
        if !folded.is_empty() {
            self.pieces.push(Piece { folded: self.text.len(), text: from, whole: to - from });
            self.text.push_str(folded);
        }
    }

    /// A run of white space, with what is dropped inside of it, becomes a space, or nothing before a closing mark.
    fn space(&mut self, at: usize) -> usize {
        let end = self.after_space(at);
        let mut after = self.content[end..].char_indices().filter(|(_, c)| !is_dropped(*c));
        if after.next().is_some_and(|(i, c)| self.closes(c, end + i + c.len_utf8())) {
            return end;
        }
        if &self.content[at..end] == " " {
            self.copy(at, end)
        } else {
            self.whole(" ", at, end);
            end
        }
    }

    /// One past the last white space of the run at `at`; `at` when there is none.
    fn after_space(&self, at: usize) -> usize {
        let run = self.content[at..].char_indices().take_while(|(_, c)| is_blank(*c));
        run.filter(|(_, c)| c.is_whitespace()).last().map_or(at, |(i, c)| at + i + c.len_utf8())
    }

    /// Two or three hyphens are how a typewriter writes a dash; a longer row is a line, and kept.
    fn hyphens(&mut self, at: usize) -> usize {
        let row = self.content.as_bytes()[at..].iter().take_while(|b| **b == b'-').count();
        if row == 2 || row == 3 {
            self.whole("-", at, at + row);
            return at + row;
        }
        self.copy(at, at + row)
    }

    /// One past the last mark that may compose with the character before `next`; `next` when there is none.
    fn cluster_end(&self, next: usize) -> usize {
        let run = self.content[next..].char_indices().take_while(|(_, c)| is_dropped(*c) || is_extender(*c));
        run.filter(|(_, c)| !is_dropped(*c)).last().map_or(next, |(i, c)| next + i + c.len_utf8())
    }

    /// A character with its marks, in NFC.
    fn cluster(&mut self, at: usize, end: usize) {
        let mut folded = String::new();
        for c in self.content[at..end].chars() {
            match fold_char(c) {
                Fold::Keep => folded.push(c),
                Fold::Drop => {}
                Fold::To(other) => folded.push_str(other),
            }
        }
        let composed: String = folded.nfc().collect();
        self.whole(&composed, at, end);
    }

    /// True when the mark `c` at `at` opens a quotation the French way, so that white space after it is its own.
    /// German sets the same marks the other way round (»so«), hence the look at the other side.
    fn opens(&self, c: char, at: usize) -> bool {
        if !matches!(c, '«' | '‹' | '“') {
            return false;
        }
        match self.content[..at].chars().rev().find(|c| !is_dropped(*c)) {
            None => true,
            Some(before) => {
                let opening = ['(', '[', '{', '\'', '’', '‘', '"', ':', '-', '–', '—', '/', '«', '‹', '“'];
                before.is_whitespace() || opening.contains(&before)
            }
        }
    }

    /// True when the mark `c`, which ends at `end`, closes a quotation the French way.
    fn closes(&self, c: char, end: usize) -> bool {
        if !matches!(c, '»' | '›' | '”') {
            return false;
        }
        match self.content[end..].chars().find(|c| !is_dropped(*c)) {
            None => true,
            Some(after) => {
                let closing = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '’', '"', '»', '›', '”'];
                after.is_whitespace() || closing.contains(&after)
            }
        }
    }
}

/// True when `c` alone is its own NFC.
fn is_stable(c: char) -> bool {
    c < '\u{300}' || matches!(c, '\u{4e00}'..='\u{9fff}') || is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
}

/// The end of the characters at `at` that fold to themselves. This is where nearly all of a text goes through.
fn plain_run(content: &str, at: usize) -> usize {
    let bytes = content.as_bytes();
    let (mut last, mut end) = (at, at);
    let mut next = None;
    while let Some(&byte) = bytes.get(end) {
        if is_plain_ascii(byte) || byte == b' ' && bytes.get(end + 1).is_some_and(|b| is_plain_ascii(*b)) {
            (last, end) = (end, end + 1);
            continue;
        }
        next = content[end..].chars().next();
        match next {
            Some(c) if is_plain_letter(c) => (last, end) = (end, end + c.len_utf8()),
            _ => break,
        }
    }
    // What follows may be a mark that composes with the last character, or something dropped with a mark after it.
    let may_join = end < bytes.len() && next.is_some_and(|c| c >= '\u{300}' || c == '\u{ad}');
    if may_join { last } else { end }
}

fn is_plain_ascii(byte: u8) -> bool {
    byte > b' ' && byte < 0x7f && byte != b'-' && byte != b'`'
}

/// True for letters of large alphabets that are NFC, compose with no letter before them and fold to themselves. It is a
/// short cut only: what is not listed goes the long way.
fn is_plain_letter(c: char) -> bool {
    matches!(c, 'À'..='\u{24f}' | 'Α'..='ώ' | 'Ѐ'..='\u{481}' | '\u{48a}'..='\u{52f}' | 'א'..='ת' | 'ء'..='ي'
        | '\u{1e00}'..='\u{1eff}' | '、'..='〃' | 'ぁ'..='ゔ' | 'ァ'..='ー' | '一'..='\u{9fff}' | '가'..='힣' | '！'..='～')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, folded: &str) {
        assert_eq!(Folded::new(text).text, folded, "{text:?}");
    }

    #[test]
    fn typography_is_evened_out() {
        check("l’État « dit » : “oui”", "l'État \"dit\" : \"oui\"");
        check("sagte »ja« und „nein“ gesagt", "sagte \"ja\" und \"nein\" gesagt");
        check("14\u{202f}% \r\n\t de\u{ad}\u{200b}main", "14 % demain");
        check("a -- b --- c ---- d — e − 5", "a - b - c ---- d - e - 5");
        check("o\u{fb03}ce, etc…", "office, etc...");
        check("Kelvin \u{212a}, A\u{30a} A\u{ad}\u{30a} x\u{302}", "Kelvin K, Å Å x\u{302}");
        check("14² œuvre １４ ①", "14² œuvre １４ ①");
        check("\u{1112}\u{1161}\u{11ab} \u{f73}\u{f71}", "한 \u{f71}\u{f71}\u{f72}");
        check("«  »", "\"\"");
        check("", "");
    }

    #[test]
    fn the_short_cut_is_right() {
        for c in ('\0'..=char::MAX).filter(|c| is_plain_letter(*c)) {
            assert!(!is_extender(c) && is_stable(c) && !is_blank(c) && matches!(fold_char(c), Fold::Keep), "{c:?}");
        }
    }

    #[test]
    fn places_map_back() {
        let text = "\u{feff}l’o\u{fb03}ce";
        let folded = Folded::new(text);
        assert_eq!(folded.text, "l'office");
        assert_eq!(folded.start_in_text(0), (3, true));
        assert_eq!(folded.end_in_text(8), (text.len(), true));
        assert_eq!(folded.start_in_text(4), (8, false));
        assert_eq!(folded.end_in_text(4), (11, false));
        assert_eq!(folded.at_text(7), Some(2));
        assert_eq!(folded.at_text(9), None);
    }
}
