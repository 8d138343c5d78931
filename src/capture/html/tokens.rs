//! Tags and text of an HTML source with their places, over html5gum.
//!
//! html5gum tokenises as the HTML standard says and tells where each token stands, but not where each character of a
//! text token does once character references are resolved. [`stretches`] finds that out: it cuts a text token into
//! stretches that stand verbatim in the source and references that match as wholes.

use std::collections::HashMap;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{DefaultEmitter, Emitter, Error, ForwardingEmitter, State, Token as GumToken, Tokenizer};

use crate::domain::text::Span;

/// A tag or a text token. Names are in lower case; places are byte offsets in the source.
#[derive(Debug)]
pub(super) enum Token {
    Open {
        name: String,
        attributes: Attributes,
        is_self_closing: bool,
        place: Span,
    },
    Close {
        name: String,
        place: Span,
    },
    /// Text, character references not yet resolved.
    Text {
        place: Span,
    },
    Comment {
        place: Span,
    },
}

/// The attributes of a tag in order.
#[derive(Debug, Default)]
pub(super) struct Attributes(pub(super) Vec<(String, String)>);

impl Attributes {
    /// The value of the first attribute of that name, as browsers have it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

/// Calls `sink` with every token of `source`. `is_xml` makes `<script/>` an empty element, as XHTML has it.
pub(super) fn tokenise(source: &str, is_xml: bool, mut sink: impl FnMut(Token)) {
    let mut open: Option<(String, Attributes, usize)> = None;
    let callback = |event: CallbackEvent<'_>, span: html5gum::Span<usize>| -> Option<Infallible> {
        let place = Span::new(span.start, span.end);
        match event {
            CallbackEvent::OpenStartTag { name } => open = Some((owned(name), Attributes::default(), place.start)),
            CallbackEvent::AttributeName { name } => {
                if let Some((_, attributes, _)) = &mut open {
                    attributes.0.push((owned(name), String::new()));
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, value_so_far)) = open.as_mut().and_then(|(_, attributes, _)| attributes.0.last_mut()) {
                    *value_so_far = owned(value);
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                if let Some((name, attributes, start)) = open.take() {
                    let place = Span::new(start, place.end);
                    sink(Token::Open { name, attributes, is_self_closing: self_closing, place });
                }
            }
            CallbackEvent::EndTag { name } => {
                open = None;
                sink(Token::Close { name: owned(name), place });
            }
            CallbackEvent::String { .. } => sink(Token::Text { place }),
            CallbackEvent::Comment { .. } => sink(Token::Comment { place }),
            CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
        None
    };
    let mut inner = CallbackEmitter::new(callback);
    inner.naively_switch_states(true);
    let emitter =
        ForeignAware { inner, is_xml, n_foreign: 0, name: Vec::new(), is_start: false, is_self_closing: false };
    let Ok(()) = Tokenizer::new_with_emitter(source, emitter).finish();
}

fn owned(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Keeps `<title/>` or `<style/>` inside `<svg>` from swallowing the rest of the page: html5gum by itself takes every
/// start tag of those names for the start of raw text.
struct ForeignAware<E> {
    inner: E,
    is_xml: bool,
    n_foreign: usize,
    name: Vec<u8>,
    is_start: bool,
    is_self_closing: bool,
}

impl<E: Emitter> ForwardingEmitter for ForeignAware<E> {
    type Token = E::Token;

    fn inner(&mut self) -> &mut impl Emitter<Token = E::Token> {
        &mut self.inner
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_error(&mut self, _: Error) {}

    fn init_start_tag(&mut self) {
        self.name.clear();
        self.is_start = true;
        self.is_self_closing = false;
        self.inner.init_start_tag();
    }

    fn init_end_tag(&mut self) {
        self.name.clear();
        self.is_start = false;
        self.is_self_closing = false;
        self.inner.init_end_tag();
    }

    fn push_tag_name(&mut self, s: &[u8]) {
        self.name.extend(s);
        self.inner.push_tag_name(s);
    }

    fn set_self_closing(&mut self) {
        self.is_self_closing = true;
        self.inner.set_self_closing();
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        let next = self.inner.emit_current_tag();
        let is_foreign_root = matches!(self.name.as_slice(), b"svg" | b"math");
        if is_foreign_root && self.is_start && !self.is_self_closing {
            self.n_foreign += 1;
        } else if is_foreign_root && !self.is_start {
            self.n_foreign = self.n_foreign.saturating_sub(1);
        }
        let is_empty = self.is_self_closing && (self.is_xml || self.n_foreign > 0);
        next.filter(|_| !is_empty)
    }
}

/// Part of a text token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    /// Stands in the text as in the source.
    Verbatim(Span),
    /// A character reference and what it stands for.
    Reference(Span, String),
}

/// Resolves character references, each distinct one once.
#[derive(Default)]
pub(super) struct References {
    known: HashMap<String, (usize, String)>,
}

impl References {
    /// The stretches of the text token at `place`.
    pub(super) fn stretches(&mut self, source: &str, place: Span, mut sink: impl FnMut(Stretch)) {
        let mut from = place.start;
        let mut at = place.start;
        while let Some(offset) = source[at..place.end].find('&') {
            let start = at + offset;
            let candidate = candidate(&source[start..place.end]);
            let (length, characters) = self.resolve(candidate);
            if length == 0 {
                at = start + candidate.len();
                continue;
            }
            if from < start {
                sink(Stretch::Verbatim(Span::new(from, start)));
            }
            sink(Stretch::Reference(Span::new(start, start + length), characters.to_owned()));
            at = start + length;
            from = at;
        }
        if from < place.end {
            sink(Stretch::Verbatim(Span::new(from, place.end)));
        }
    }

    /// `text` with its references resolved.
    pub(super) fn resolved(&mut self, text: &str) -> String {
        let mut words = String::with_capacity(text.len());
        self.stretches(text, Span::new(0, text.len()), |stretch| match stretch {
            Stretch::Verbatim(span) => words.push_str(span.of(text)),
            Stretch::Reference(_, characters) => words.push_str(&characters),
        });
        words
    }

    /// How many bytes of `candidate` are a reference (none: 0), and what it stands for.
    fn resolve(&mut self, candidate: &str) -> (usize, &str) {
        if candidate.len() < 3 {
            return (0, "");
        }
        if !self.known.contains_key(candidate) {
            self.known.insert(candidate.to_owned(), resolve(candidate));
        }
        self.known.get(candidate).map_or((0, ""), |(length, characters)| (*length, characters.as_str()))
    }
}

/// The longest start of `text` that could be a reference: `&`, perhaps `#`, letters and digits, perhaps `;`.
fn candidate(text: &str) -> &str {
    let bytes = text.as_bytes();
    let mut end = 1;
    if bytes.get(end) == Some(&b'#') {
        end += 1;
    }
    while bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
        end += 1;
    }
    if bytes.get(end) == Some(&b';') {
        end += 1;
    }
    &text[..end]
}

/// Lets html5gum resolve `candidate`, and finds how far the reference reached: what follows it stands unchanged at the
/// end of both.
fn resolve(candidate: &str) -> (usize, String) {
    let mut resolved = String::new();
    for token in Tokenizer::new_with_emitter(candidate, DefaultEmitter::<()>::default()) {
        let Ok(token) = token;
        if let GumToken::String(words) = token {
            resolved.push_str(&String::from_utf8_lossy(&words.value.0));
        }
    }
    if resolved == candidate {
        return (0, String::new());
    }
    let first = resolved.chars().next().map_or(0, char::len_utf8);
    let common = candidate.bytes().rev().zip(resolved[first..].bytes().rev()).take_while(|(a, b)| a == b).count();
    (candidate.len() - common, resolved[..resolved.len() - common].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Vec<String> {
        let mut seen = Vec::new();
        tokenise(source, false, |token| {
            seen.push(match token {
                Token::Open { place, .. } | Token::Close { place, .. } => format!("tag {}", place.of(source)),
                Token::Text { place } => format!("text {}", place.of(source)),
                Token::Comment { place } => format!("comment {}", place.of(source)),
            });
        });
        seen
    }

    #[test]
    fn tokens_stand_where_they_say() {
        assert_eq!(
            read("é<p class='a>b'>x &amp; y</P>z < w<!-- c -->t<br/>&lt;"),
            [
                "text é",
                "tag <p class='a>b'>",
                "text x &amp; y",
                "tag </P>",
                "text z < w",
                "comment <!-- c -->",
                "text t",
                "tag <br/>",
                "text &lt;"
            ]
        );
        assert_eq!(read("a\r\nb<i>&eacute"), ["text a\r\nb", "tag <i>", "text &eacute"]);
        assert_eq!(read("<title>a <b></title>c"), ["tag <title>", "text a <b>", "tag </title>", "text c"]);
        assert_eq!(
            read("<script>if (a<b) '&amp;'</script>c"),
            ["tag <script>", "text if (a<b) '&amp;'", "tag </script>", "text c"]
        );
        assert_eq!(read("<svg><title/></svg>after").last().map(String::as_str), Some("text after"));
        assert_eq!(read("text <a href='unfinished"), ["text text "]);
    }

    #[test]
    fn references_match_as_wholes() {
        let check = |source: &str, want: &[(&str, &str)]| {
            let mut found = Vec::new();
            References::default().stretches(source, Span::new(0, source.len()), |stretch| {
                if let Stretch::Reference(place, characters) = stretch {
                    found.push((place.of(source).to_owned(), characters));
                }
            });
            let found: Vec<_> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            assert_eq!(found, want, "{source}");
        };
        check("a &amp; b &#8217;x&#x20AC;", &[("&amp;", "&"), ("&#8217;", "’"), ("&#x20AC;", "€")]);
        check("&copy2025 &ampamp &amp;amp;", &[("&copy", "©"), ("&amp", "&"), ("&amp;", "&")]);
        check("&#128; &#0; &#59;;", &[("&#128;", "€"), ("&#0;", "\u{fffd}"), ("&#59;", ";")]);
        check("AT&T & && &; &nonsense; &#; 3&4", &[]);
        check("&nvle;&NotEqualTilde;", &[("&nvle;", "≤⃒"), ("&NotEqualTilde;", "≂̸")]);
    }
}
