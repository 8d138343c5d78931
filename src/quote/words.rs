//! The words and marks of a folded text, for finding and comparing passages. This is no business of quotes themselves:
//! what is found or refused does not depend on it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A word, or a row of one mark.
#[derive(Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_word: bool,
    /// Equal for words that differ in case only.
    pub(super) key: u64,
}

/// The tokens of a folded text.
pub(super) fn tokens(folded: &str) -> impl Iterator<Item = Token> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while folded.as_bytes().get(at) == Some(&b' ') {
            at += 1;
        }
        if at == folded.len() {
            return None;
        }
        let start = at;
        let (end, is_word, key) = token_at(folded, at);
        at = end;
        Some(Token { start, end, is_word, key })
    })
}

/// The end of the token at `start`, which is before the end of the text, whether it is a word, and its key.
fn token_at(folded: &str, start: usize) -> (usize, bool, u64) {
    let mut key = Key::default();
    if folded.as_bytes()[start].is_ascii_alphanumeric() {
        let end = word_end(folded, start, &mut key);
        return (end, true, key.value);
    }
    let mut chars = folded[start..].chars();
    let Some(first) = chars.next() else { return (start, false, 0) };
    if !is_part(first) {
        // The same mark several times over, such as the dots of an ellipsis, is one token.
        let row = folded[start..].chars().take_while(|c| *c == first).count();
        key.add(first);
        key.add_length(row);
        return (start + row * first.len_utf8(), false, key.value);
    }
    if stands_alone(first) {
        key.add(first);
        let marks = chars.as_str().chars().take_while(|c| is_mark(*c));
        let end = marks.fold(start + first.len_utf8(), |end, mark| end + mark.len_utf8());
        return (end, true, key.value);
    }
    let end = word_end(folded, start, &mut key);
    (end, true, key.value)
}

/// The end of the word at `start`: letters, digits and marks, and a point, comma or apostrophe between two of them.
fn word_end(folded: &str, start: usize, key: &mut Key) -> usize {
    let bytes = folded.as_bytes();
    let mut end = start;
    loop {
        while bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            key.add_byte(bytes[end].to_ascii_lowercase());
            end += 1;
        }
        let mut rest = folded[end..].chars();
        let Some(c) = rest.next().filter(|c| *c != ' ') else { break };
        let goes_on = |c: char| is_part(c) && !stands_alone(c);
        let joins = matches!(c, '.' | ',' | '\'') && rest.next().is_some_and(goes_on);
        if !joins && !goes_on(c) {
            break;
        }
        key.add(c);
        end += c.len_utf8();
    }
    end
}

fn is_part(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { is_small_letter(c) || c.is_alphanumeric() || is_mark(c) }
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode_normalization::char::is_combining_mark(c)
}

/// True for characters known to be letters and to be their own lower case, without asking the tables.
fn is_small_letter(c: char) -> bool {
    matches!(c, 'à'..='ö' | 'ø'..='ÿ' | 'α'..='ω' | 'а'..='џ' | '一'..='\u{9fff}' | '가'..='힣')
}

/// Characters of scripts that put no spaces between words: each is compared by itself.
fn stands_alone(c: char) -> bool {
    c >= '\u{e00}'
        && matches!(
            c,
            '\u{e00}'..='\u{eff}'
                | '\u{1000}'..='\u{109f}'
                | '\u{1780}'..='\u{17ff}'
                | '\u{3040}'..='\u{30ff}'
                | '\u{3400}'..='\u{9fff}'
                | '\u{f900}'..='\u{faff}'
                | '\u{20000}'..='\u{3ffff}'
        )
}

/// FNV-1a over characters in lower case. Two words with one key only mean a worse suggestion.
struct Key {
    value: u64,
}

impl Default for Key {
    fn default() -> Key {
        Key { value: 0xcbf2_9ce4_8422_2325 }
    }
}

impl Key {
    fn add_byte(&mut self, byte: u8) {
        self.value = (self.value ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    fn add_length(&mut self, length: usize) {
        self.value = (self.value ^ length as u64).wrapping_mul(0x0100_0000_01b3);
    }

    fn add(&mut self, c: char) {
        let mut add = |c: char| self.value = (self.value ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3);
        if is_small_letter(c) { add(c) } else { c.to_lowercase().for_each(add) }
    }
}

/// A map by keys.
pub(super) type KeyMap<V> = HashMap<u64, V, BuildHasherDefault<KeyHasher>>;

/// Keys are hashes already.
#[derive(Default)]
pub(super) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_marks() {
        let folded = "L'an 14,3 M$... non-dit 投资a x\u{302}y 'a' ne\u{301}";
        let all: Vec<&str> = tokens(folded).map(|t| &folded[t.start..t.end]).collect();
        let expected = [
            "L'an",
            "14,3",
            "M",
            "$",
            "...",
            "non",
            "-",
            "dit",
            "投",
            "资",
            "a",
            "x\u{302}y",
            "'",
            "a",
            "'",
            "ne\u{301}",
        ];
        assert_eq!(all, expected);
        let keys: Vec<u64> = tokens("École école ÉCOLE ecole").map(|t| t.key).collect();
        assert!(keys[0] == keys[1] && keys[1] == keys[2] && keys[2] != keys[3]);
    }
}
