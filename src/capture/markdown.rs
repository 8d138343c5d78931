//! Markdown to text: the words without the markup, in blocks with roles.
//!
//! Headings, paragraphs, list items, table cells, code blocks and footnotes are body; the first level-1 heading is the
//! title; what a picture says instead of itself (its alternative text) is a caption; the words of links and of code
//! stay. HTML inside Markdown loses its tags and keeps its visible words. A YAML front matter of simple `key: value`
//! lines is metadata and not text.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::Metadata;
use super::builder::Builder;
use super::charset::Decoded;
use super::dates;
use super::html;
use super::metadata::{language_tag, tidy};
use super::phrases::{self, Pointer};
use crate::domain::text::{Role, Span, Text};

/// Name and version of this extractor.
const EXTRACTOR: &str = "markdown/1";

/// The text and metadata of a Markdown document; `None` if there are no words in it.
pub(super) fn extract(decoded: &Decoded) -> (Option<Text>, Metadata) {
    let start = front_matter(&decoded.text).map_or(0, |matter| matter.end);
    let mut metadata =
        front_matter(&decoded.text).map(|matter| read_front_matter(matter.of(&decoded.text))).unwrap_or_default();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut reader = Reader::new(decoded);
    for (event, range) in Parser::new_ext(&decoded.text[start..], options).into_offset_iter() {
        reader.event(event, Span::new(start + range.start, start + range.end));
    }
    let text = reader.finish();
    if metadata.title.is_none() {
        metadata.title = text.as_ref().and_then(|text| {
            let title = text.blocks.iter().find(|block| block.role == Role::Title)?;
            tidy(title.span.of(&text.content))
        });
    }
    (text, metadata)
}

/// The place of the front matter with its fences: `---`, lines of which the first is `key: value`, `---` or `...`.
fn front_matter(text: &str) -> Option<Span> {
    let mut end = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        end += line.len();
        match index {
            0 if bare != "---" => return None,
            0 => {}
            1 if !bare.contains(':') => return None,
            _ if bare == "---" || bare == "..." => return Some(Span::new(0, end)),
            _ => {}
        }
    }
    None
}

fn read_front_matter(matter: &str) -> Metadata {
    let mut metadata = Metadata::default();
    for line in matter.lines() {
        // Indented lines belong to a nested value.
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '\t', '-', '#'])) else {
            continue;
        };
        let Some(value) = tidy(bare(value)) else { continue };
        match key.trim().to_ascii_lowercase().as_str() {
            "title" => metadata.title = Some(value),
            "author" | "authors" => metadata.author = names(&value),
            "publisher" | "site" => metadata.publisher = Some(value),
            "date" | "published" => metadata.published = dates::normalise(&value),
            "lang" | "language" => metadata.language = language_tag(&value),
            "url" | "canonical" | "canonical_url" => metadata.url = Some(value),
            _ => {}
        }
    }
    metadata
}

/// A YAML scalar without its quotes.
fn bare(value: &str) -> &str {
    let value = value.trim();
    ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value)
}

/// `[A, B]` or `A` as `A, B`.
fn names(value: &str) -> Option<String> {
    let list = value.trim_start_matches('[').trim_end_matches(']');
    let names: Vec<&str> = list.split(',').map(bare).filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

struct Reader<'a> {
    decoded: &'a Decoded<'a>,
    builder: Builder<'a>,
    role: Role,
    has_title: bool,
    n_links: usize,
    n_images: usize,
    n_struck: usize,
    links: Vec<Span>,
    is_under_pointer: bool,
    /// Line ends not yet written: they are dropped at the end of a block.
    held: Vec<(&'static str, Span)>,
    /// HTML blocks arrive line by line and are read as one.
    html: Option<Span>,
}

impl<'a> Reader<'a> {
    fn new(decoded: &'a Decoded<'a>) -> Reader<'a> {
        Reader {
            decoded,
            builder: Builder::new(decoded),
            role: Role::Body,
            has_title: false,
            n_links: 0,
            n_images: 0,
            n_struck: 0,
            links: Vec::new(),
            is_under_pointer: false,
            held: Vec::new(),
            html: None,
        }
    }

    fn event(&mut self, event: Event<'_>, place: Span) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(end) => self.end(end),
            Event::Text(words) => self.text(&words, place),
            Event::Code(words) | Event::InlineMath(words) | Event::DisplayMath(words) => self.code(&words, place),
            Event::SoftBreak => self.held.push((" ", place)),
            Event::HardBreak => self.held.push(("\n", place)),
            Event::Rule => self.end_block(),
            Event::Html(_) => self.html = Some(Span::new(self.html.map_or(place.start, |html| html.start), place.end)),
            Event::InlineHtml(tag) if tag.to_ascii_lowercase().starts_with("<br") => self.held.push(("\n", place)),
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Link { .. } => self.n_links += 1,
            Tag::Image { .. } => {
                self.end_block();
                self.n_images += 1;
                self.role = Role::Caption;
            }
            Tag::Strikethrough => self.n_struck += 1,
            Tag::Emphasis | Tag::Strong | Tag::Superscript | Tag::Subscript => {}
            Tag::Heading { level, .. } => {
                self.end_block();
                self.role = if *level == HeadingLevel::H1 && !self.has_title { Role::Title } else { Role::Body };
            }
            _ => self.end_block(),
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Link => self.n_links = self.n_links.saturating_sub(1),
            TagEnd::Image => {
                self.end_block();
                self.n_images = self.n_images.saturating_sub(1);
            }
            TagEnd::Strikethrough => self.n_struck = self.n_struck.saturating_sub(1),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::HtmlBlock => {
                self.end_block();
                self.html_block();
            }
            _ => self.end_block(),
        }
    }

    /// Words at `place`; they differ from the source where there is an escape or a character reference.
    fn text(&mut self, words: &str, mut place: Span) {
        if place.start == place.end {
            // What is left of a tab that an indented code block has taken columns of arrives at no place.
            if !self.decoded.text[..place.start].ends_with('\t') {
                return;
            }
            place.start -= 1;
        }
        let source = place.of(&self.decoded.text);
        if source != words {
            let is_escape = source.strip_prefix('\\') == Some(words);
            let place = if is_escape { Span::new(place.start + 1, place.end) } else { place };
            return self.words(words, place);
        }
        // The lines of a code block arrive with their ends, the last of which is not text.
        let bare = words.trim_end_matches(['\n', '\r']);
        if !bare.is_empty() {
            self.words(bare, Span::new(place.start, place.start + bare.len()));
        }
        for at in place.start + bare.len()..place.end {
            let end = if self.decoded.text.as_bytes()[at] == b'\n' { "\n" } else { "\r" };
            self.held.push((end, Span::new(at, at + 1)));
        }
    }

    /// The words of inline code stand in `place` between backquotes.
    fn code(&mut self, words: &str, place: Span) {
        let place = match place.of(&self.decoded.text).find(words) {
            Some(at) => Span::new(place.start + at, place.start + at + words.len()),
            None => place,
        };
        self.words(words, place);
    }

    fn words(&mut self, words: &str, place: Span) {
        // What was struck out is not said any more.
        if words.is_empty() || self.n_struck > 0 {
            return;
        }
        for (held, at) in std::mem::take(&mut self.held) {
            if !self.builder.is_block_empty() {
                self.builder.push_as(held, at);
            }
        }
        let start = self.builder.block().len();
        self.builder.push_as(words, place);
        if self.n_links > 0 {
            self.links.push(Span::new(start, self.builder.block().len()));
        }
    }

    fn html_block(&mut self) {
        let Some(place) = self.html.take() else { return };
        html::visible_words(place.of(&self.decoded.text), |words, span| {
            let span = Span::new(place.start + span.start, place.start + span.end);
            match words {
                html::Piece::Words(words) => self.words(words, span),
                html::Piece::Space(space) => self.held = vec![(space, span)],
                html::Piece::End => self.end_block(),
            }
        });
    }

    fn end_block(&mut self) {
        self.held.clear();
        let links = std::mem::take(&mut self.links);
        let role = std::mem::replace(&mut self.role, if self.n_images > 0 { Role::Caption } else { Role::Body });
        let block = self.builder.block();
        if block.trim().is_empty() {
            return self.builder.end_block(role);
        }
        let pointer = phrases::pointer(block, &links);
        let is_links_only = links.iter().map(|link| link.end - link.start).sum::<usize>() == block.trim().len();
        let is_related = role == Role::Body && (pointer.is_some() || (self.is_under_pointer && is_links_only));
        self.is_under_pointer = pointer == Some(Pointer::Heading) || (self.is_under_pointer && is_related);
        self.has_title |= role == Role::Title;
        self.builder.end_block(if is_related { Role::Related } else { role });
    }

    fn finish(mut self) -> Option<Text> {
        self.end_block();
        self.builder.finish(EXTRACTOR)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Hints;
    use super::super::charset;
    use super::super::kind::Kind;
    use super::*;

    fn read(source: &str) -> (Text, Metadata) {
        let decoded = charset::decode(source.as_bytes(), Kind::Markdown, &Hints::default()).unwrap();
        let (text, metadata) = extract(&decoded);
        (text.unwrap(), metadata)
    }

    #[track_caller]
    fn check(source: &str, want: &[(Role, &str)]) {
        let (text, _) = read(source);
        let found: Vec<_> = text.blocks.iter().map(|block| (block.role, block.span.of(&text.content))).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn markup_goes_words_stay() {
        check(
            "# The *port*\n\nIt **re**opened [today](https://x.example).\nCost `14 M`\\* &amp; more  \nend\n\n## Why\n",
            &[
                (Role::Title, "The port"),
                (Role::Body, "It reopened today. Cost 14 M* & more\nend"),
                (Role::Body, "Why"),
            ],
        );
        check("# One\n\n# Two", &[(Role::Title, "One"), (Role::Body, "Two")]);
        check(
            "- a\n- [x] b\n  1. c\n\n| h | i |\n|---|---|\n| 1 | 2 |\n",
            &["a", "b", "c", "h", "i", "1", "2"].map(|words| (Role::Body, words)),
        );
        check("```\na  b\n\nc\n```\n\n> quote\n", &[(Role::Body, "a  b\n\nc"), (Role::Body, "quote")]);
        check("text[^1]\n\n[^1]: the note\n", &[(Role::Body, "text"), (Role::Body, "the note")]);
    }

    #[test]
    fn captions_pointers_and_html() {
        check(
            "before\n\n![A crane at *noon*](c.png)\n\nafter",
            &[(Role::Body, "before"), (Role::Caption, "A crane at noon"), (Role::Body, "after")],
        );
        check(
            "## Read also\n\n- [One](a)\n- [Two](b)\n\nBody.\n\n*Read more:* [Three](c)",
            &[
                (Role::Related, "Read also"),
                (Role::Related, "One"),
                (Role::Related, "Two"),
                (Role::Body, "Body."),
                (Role::Related, "Read more: Three"),
            ],
        );
        check(
            "<div>\n  <p>un<b>b</b>roken &eacute;t&eacute;\n two</p><script>x</script>\n</div>\n\nthen<br>this <i>word</i>",
            &[(Role::Body, "unbroken été two"), (Role::Body, "then\nthis word")],
        );
    }

    #[test]
    fn front_matter_is_metadata() {
        let source = "---\ntitle: \"The port: reopened\"\nauthors: [Ann Lee, 'Bo Oduya']\ndate: 2025-06-26\n\
                      lang: en-GB\nurl: https://x.example/p\ntags:\n  - a: b\n---\n\nBody.\n";
        let (text, metadata) = read(source);
        assert_eq!(text.content, "Body.");
        assert_eq!(
            metadata,
            Metadata {
                title: Some("The port: reopened".into()),
                author: Some("Ann Lee, Bo Oduya".into()),
                publisher: None,
                published: Some("2025-06-26".into()),
                language: Some("en-GB".into()),
                url: Some("https://x.example/p".into()),
                credits: Vec::new(),
            }
        );
        assert_eq!(read("---\n\nno matter\n\n---\n").0.content, "no matter");
        assert_eq!(read("# Port\n\nx").1.title.as_deref(), Some("Port"));
    }
}
