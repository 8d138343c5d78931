//! Text to tokens, one paragraph at a time: numerals, words, signs, and stretches nobody should look into.
//!
//! One pass, byte by byte. A numeral is the longest run that could be one number ("14 300 000,50", "17.06.2025"), so
//! that the numeral reader judges the whole and never a part.

/// Where a word may be broken; no part of the word.
pub(super) const SOFT_HYPHEN: char = '\u{AD}';

/// What kind of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits, with what stands between them.
    Numeral,
    /// Letters.
    Word,
    /// A hyphen, a dash or a minus.
    Dash,
    /// A slash.
    Slash,
    /// A comma.
    Comma,
    /// An apostrophe.
    Apostrophe,
    /// What ends a sentence or a clause: `.`, `;`, `:`, `!`, `?`, `…`.
    Stop,
    /// Any other single character: currency signs, `%`, brackets, quotation marks.
    Symbol,
    /// An address, a handle, a run of signs: nothing in it is read.
    Opaque,
}

/// What stands before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: it touches the token before.
    None,
    /// White space.
    Space,
    /// A line break, or the beginning of the text.
    Line,
}

/// A token: where it stands, what it is, and (once resolved) what it means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Index of its meaning in the lexicon.
    pub sense: u32,
    /// What kind it is.
    pub kind: Kind,
    /// What stands before it.
    pub gap: Gap,
}

/// A typographic character as its plain form, for comparing phrases.
pub(super) fn plain(c: char) -> char {
    match c {
        '’' | '‘' | 'ʼ' | '＇' => '\'',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        c => c,
    }
}

/// Reads the tokens of the paragraph at `from` (up to a blank line) and gives the place where the next one begins.
pub(super) fn paragraph(text: &str, from: usize, tokens: &mut Vec<Token>) -> usize {
    tokens.clear();
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: from, tokens };
    lexer.run();
    lexer.at
}

struct Lexer<'t, 'v> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    tokens: &'v mut Vec<Token>,
}

impl Lexer<'_, '_> {
    fn run(&mut self) {
        loop {
            let (gap, blank) = self.gap();
            if self.at >= self.bytes.len() || (blank && !self.tokens.is_empty()) {
                return;
            }
            let start = self.at;
            let kind = self.token();
            self.push(Token { start, end: self.at, sense: 0, kind, gap });
        }
    }

    /// Passes white space. True when there is a blank line in it.
    fn gap(&mut self) -> (Gap, bool) {
        let start = self.at;
        let mut lines = 0;
        while let Some(byte) = self.bytes.get(self.at) {
            let length = match byte {
                b'\n' => {
                    lines += 1;
                    1
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => 1,
                0xc2..=0xef => space_length(&self.bytes[self.at..]),
                _ => 0,
            };
            if length == 0 {
                break;
            }
            self.at += length;
        }
        let gap = match (lines, self.at > start) {
            _ if start == 0 => Gap::Line,
            (0, false) => Gap::None,
            (0, true) => Gap::Space,
            _ => Gap::Line,
        };
        (gap, lines > 1)
    }

    /// Passes one token.
    fn token(&mut self) -> Kind {
        let byte = self.bytes[self.at];
        if byte.is_ascii_digit() || (matches!(byte, b'.' | b',') && self.begins_fraction()) {
            self.at = numeral_end(self.bytes, self.at);
            return Kind::Numeral;
        }
        if byte.is_ascii_alphabetic() {
            return self.word();
        }
        let c = self.text[self.at..].chars().next().expect("a token begins at a character");
        if is_letter(c) {
            return self.word();
        }
        self.at += c.len_utf8();
        match c {
            '@' => self.opaque(),
            '-' | '‐' | '‑' | '–' | '—' | '−' => self.run_of(c, Kind::Dash),
            '/' => self.run_of(c, Kind::Slash),
            ',' => self.run_of(c, Kind::Comma),
            '\'' | '’' | '‘' | 'ʼ' => self.run_of(c, Kind::Apostrophe),
            '.' | ';' | ':' | '!' | '?' | '…' => self.run_of(c, Kind::Stop),
            '½' | '¼' | '¾' | '⅐'..='⅞' => Kind::Numeral,
            _ => self.run_of(c, Kind::Symbol),
        }
    }

    /// ".5" at the beginning of a word.
    fn begins_fraction(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.bytes[at]);
        let free = before.is_none_or(|b| b.is_ascii_whitespace() || b == b'$' || b == b'(');
        free && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit)
    }

    /// A word; an address when it turns out to be one.
    fn word(&mut self) -> Kind {
        let start = self.at;
        self.at = word_end(self.text, self.bytes, start);
        let rest = &self.bytes[self.at..];
        let is_address = match rest.first() {
            Some(b'@') => true,
            Some(b':') => rest.starts_with(b"://"),
            Some(b'.') => self.text[start..self.at].eq_ignore_ascii_case("www") || self.path_follows(),
            _ => false,
        };
        if is_address { self.opaque() } else { Kind::Word }
    }

    /// "example.com/2025/100-million": a name with a dot in it, then a path.
    fn path_follows(&self) -> bool {
        let name =
            self.bytes[self.at..].iter().take(40).take_while(|b| b.is_ascii_alphanumeric() || **b == b'.').count();
        name > 2 && self.bytes.get(self.at + name) == Some(&b'/') && self.bytes[self.at + 1].is_ascii_alphabetic()
    }

    /// Passes everything up to white space.
    fn opaque(&mut self) -> Kind {
        while self.bytes.get(self.at).is_some_and(|b| !b.is_ascii_whitespace()) {
            self.at += 1;
        }
        Kind::Opaque
    }

    /// One sign is what it is; the same sign again and again ("-----", "$$$") is decoration.
    fn run_of(&mut self, c: char, kind: Kind) -> Kind {
        let mut buffer = [0; 4];
        let one = c.encode_utf8(&mut buffer).as_bytes();
        let start = self.at;
        while self.bytes[self.at..].starts_with(one) {
            self.at += one.len();
        }
        match (self.at > start, kind) {
            (false, kind) => kind,
            (true, Kind::Stop) => Kind::Stop,
            _ => Kind::Opaque,
        }
    }

    fn push(&mut self, token: Token) {
        self.tokens.push(token);
    }
}

/// Length of the white-space character at the beginning of `bytes`, 0 when there is none. Zero-width characters
/// count: they hold nothing.
fn space_length(bytes: &[u8]) -> usize {
    match bytes {
        [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, ..] => 1,
        [0xc2, 0xa0, ..] => 2,
        // U+2000 to U+200B, U+202F, U+205F, U+3000, U+FEFF.
        [0xe2, 0x80, 0x80..=0x8b | 0xaf, ..] | [0xe2, 0x81, 0x9f, ..] | [0xe3, 0x80, 0x80, ..] => 3,
        [0xef, 0xbb, 0xbf, ..] => 3,
        _ => 0,
    }
}

fn is_letter(c: char) -> bool {
    // The Latin letters of Europe, without asking the table; combining marks stay with their letter.
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ')
        || c.is_alphabetic()
        || ('\u{300}'..='\u{36f}').contains(&c)
        || c == SOFT_HYPHEN
}

fn word_end(text: &str, bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_alphabetic() {
            at += 1;
        } else if byte.is_ascii() {
            break;
        } else {
            match text[at..].chars().next() {
                Some(c) if is_letter(c) => at += c.len_utf8(),
                _ => break,
            }
        }
    }
    at
}

/// The end of the longest run that could be one number, date or time: digits with single separators between them,
/// groups of three with a space between them, a vulgar fraction at the end.
fn numeral_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    // Groups of digits and spaces only, the first of at most three digits: more groups may follow after a space.
    let mut spaced = bytes[start].is_ascii_digit();
    loop {
        let group = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        spaced &= at - group <= 3;
        let rest = &bytes[at..];
        let separator = separator_length(rest);
        if separator > 0 && rest.get(separator).is_some_and(u8::is_ascii_digit) {
            spaced = false;
            at += separator;
            continue;
        }
        let space = if spaced { group_space(rest) } else { 0 };
        if space == 0 {
            break;
        }
        at += space;
    }
    at + vulgar_length(&bytes[at..])
}

fn separator_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'.' | b',' | b':' | b'/' | b'\'', ..] => 1,
        [0xe2, 0x80, 0x99, ..] => 3,
        _ => 0,
    }
}

/// Length of the space before a group of exactly three digits, else 0.
fn group_space(bytes: &[u8]) -> usize {
    let length = if bytes.first() == Some(&b'\n') { 0 } else { space_length(bytes) };
    let digits = bytes[length..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    if length > 0 && digits == 3 { length } else { 0 }
}

fn vulgar_length(bytes: &[u8]) -> usize {
    match bytes {
        [0xc2, 0xbc..=0xbe, ..] => 2,
        // U+2150 to U+215E; the numeral reader refuses those that are no decimals.
        [0xe2, 0x85, 0x90..=0x9e, ..] => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(&str, Kind)> {
        let mut tokens = Vec::new();
        paragraph(text, 0, &mut tokens);
        tokens.iter().map(|t| (&text[t.start..t.end], t.kind)).collect()
    }

    #[test]
    fn a_numeral_is_the_longest_run() {
        for text in ["14", "14 300 000,50", "17.06.2025", "10:30", "1\u{202f}000", "1’000", "2½", ".5", "1,2,3"] {
            assert_eq!(tokens(text), [(text, Kind::Numeral)], "{text}");
        }
        assert_eq!(tokens("10 20").len(), 2);
        assert_eq!(tokens("2024 300").len(), 2);
        assert_eq!(tokens("14.").len(), 2);
    }

    #[test]
    fn addresses_and_decoration_are_closed() {
        for text in ["https://a.org/14-million", "www.x.org/3", "a.org/b/100", "joe@x.org", "@joe3", "-----", "$$$"] {
            assert_eq!(tokens(text), [(text, Kind::Opaque)], "{text}");
        }
        assert_eq!(tokens("km/h").len(), 3);
    }

    #[test]
    fn a_blank_line_ends_a_paragraph() {
        let mut out = Vec::new();
        let text = "one\ntwo\n \nthree";
        let next = paragraph(text, 0, &mut out);
        assert_eq!(out.len(), 2);
        assert_eq!(&text[next..], "three");
    }
}
