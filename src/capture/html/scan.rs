//! One pass over the tags of a page: its visible text runs, the blocks they stand in, and what its head says.
//!
//! No tree is built. A tolerant stack of open elements is enough to tell blocks from inline elements, hidden from
//! visible and captions from prose; it takes linear time and no recursion whatever the page does, so it also serves
//! where a tree must not be built ([`Page::is_tame`]).

use std::collections::HashMap;

use super::elements;
use super::tokens::{Attributes, References, Token, tokenise};
use crate::domain::text::Span;

/// A page deeper than this is not given to readability, which walks the tree recursively and, per level, over all text
/// below it. Browsers stop nesting at 512; real pages stay under 100.
const DEEPEST: usize = 256;
/// As much work of opening unclosed `<b>`s again, block after block, as is asked of the tree builder.
const MOST_REOPENED: usize = 2_000_000;
/// More attributes than this on one tag take the tree builder quadratic time.
const MOST_ATTRIBUTES: usize = 500;
/// More characters to escape than this in one attribute take the serialiser quadratic time.
const MOST_ESCAPES: usize = 2_000;
/// More elements than this take readability too long; large real pages have 20,000.
const MOST_ELEMENTS: usize = 60_000;
/// Readability's work grows with depth times elements and depth times characters; a page of 1 MB, 20,000 elements and
/// 50 levels has a quarter of the one and a tenth of the other.
const MOST_ELEMENT_LEVELS: usize = 4_000_000;
const MOST_BYTE_LEVELS: usize = 500_000_000;
/// The tree and its copies take readability ten times the page's memory.
const MOST_BYTES: usize = 16 << 20;
/// How far up the stack an end tag or an implied end looks.
const REACH: usize = 64;

const HIDDEN: usize = 0;
const PRE: usize = 1;
const LINK: usize = 2;
const AROUND: usize = 3;
const CAPTION: usize = 4;
const RAW: usize = 5;
const FOREIGN: usize = 6;
const FIGURE: usize = 7;
const N_STATES: usize = 8;

/// What a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Words whose white space folds.
    Words,
    /// Words whose white space stays.
    Pre,
    /// Words without character references, whose white space stays.
    Raw,
    /// A `<br>`.
    Break,
    /// The tag of a superscript or subscript between two digits: "10<sup>6</sup>" is not 106.
    Caret,
}

impl Content {
    /// Whether the run is a tag that stands for a character.
    pub(super) fn is_tag(self) -> bool {
        matches!(self, Content::Break | Content::Caret)
    }
}

/// A stretch of text between two tags.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) place: Span,
    pub(super) content: Content,
    pub(super) is_link: bool,
    pub(super) is_blank: bool,
}

/// What kind of block it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// In the nth heading element of the page, of that level.
    Heading {
        level: u8,
        nth: usize,
    },
    Caption,
    Other,
}

/// A paragraph, heading, cell, item.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageBlock {
    /// Its runs in [`Page::runs`].
    pub(super) runs: Span,
    pub(super) kind: BlockKind,
    /// In a menu, footer, form or the like.
    pub(super) is_around: bool,
    /// In a `<figure>`.
    pub(super) is_in_figure: bool,
}

/// What the head (and some telling elements of the body) say of the page, as stated.
#[derive(Debug, Default)]
pub(in crate::capture) struct Head {
    /// `<title>`, resolved.
    pub(in crate::capture) title: Option<String>,
    /// `name`, `property`, `itemprop` or `http-equiv` in lower case, and `content`.
    pub(in crate::capture) meta: Vec<(String, String)>,
    /// The contents of `application/ld+json` scripts.
    pub(in crate::capture) json_ld: Vec<Span>,
    pub(in crate::capture) language: Option<String>,
    pub(in crate::capture) canonical: Option<String>,
    /// `datetime` of `<time pubdate>` or `<time itemprop=datePublished>`.
    pub(in crate::capture) published: Option<String>,
    /// `datetime` of the other `<time>` elements.
    pub(in crate::capture) times: Vec<String>,
}

/// A page as runs and blocks.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) runs: Vec<Run>,
    pub(super) blocks: Vec<PageBlock>,
    pub(super) head: Head,
    /// Places without visible text: scripts, styles, hidden elements, comments.
    pub(super) cuts: Vec<Span>,
    /// In XHTML, empty elements that HTML would leave open: where the tag ends, and its name.
    pub(super) closings: Vec<(usize, String)>,
    n_bytes: usize,
    n_elements: usize,
    deepest: usize,
    n_reopened: usize,
    most_attributes: usize,
    most_escapes: usize,
}

impl Page {
    /// Whether a tree may be built of it without overflowing the stack or taking for ever.
    pub(super) fn is_tame(&self) -> bool {
        self.deepest <= DEEPEST
            && self.n_reopened <= MOST_REOPENED
            && self.most_attributes <= MOST_ATTRIBUTES
            && self.most_escapes <= MOST_ESCAPES
            && self.n_elements <= MOST_ELEMENTS
            && self.n_bytes <= MOST_BYTES
            && self.n_elements.saturating_mul(self.deepest) <= MOST_ELEMENT_LEVELS
            && self.n_bytes.saturating_mul(self.deepest) <= MOST_BYTE_LEVELS
    }
}

/// Scans a page.
pub(super) fn scan(source: &str, is_xml: bool) -> Page {
    let mut scanner = Scanner::new(source, is_xml);
    tokenise(source, is_xml, |token| match token {
        Token::Open { name, attributes, is_self_closing, place } => {
            scanner.open(&name, &attributes, is_self_closing, place);
        }
        Token::Close { name, place } => scanner.close(&name, place),
        Token::Text { place } => scanner.text(place),
        Token::Comment { place } => scanner.page.cuts.push(place),
    });
    scanner.finish()
}

struct Element {
    name: usize,
    is_block: bool,
    states: [bool; N_STATES],
    /// Where the place without text starts, if this element starts one.
    cut: Option<usize>,
    heading: bool,
}

struct Scanner<'a> {
    source: &'a str,
    is_xml: bool,
    page: Page,
    references: References,
    stack: Vec<Element>,
    /// Numbers of names, and how many elements of each are open.
    names: HashMap<String, usize>,
    n_open: Vec<usize>,
    /// How many open elements put the page in each state.
    states: [usize; N_STATES],
    /// Formatting elements not closed by name, over all and by name.
    n_formatting: usize,
    formatting: HashMap<String, usize>,
    n_headings: usize,
    /// Level and number of the innermost open heading.
    heading: Option<(u8, usize)>,
    /// First run of the block being read, if there is one.
    block: Option<usize>,
    /// What that block is, once it has words: kind, around, in a figure.
    block_kind: Option<(BlockKind, bool, bool)>,
    /// The last tag of a superscript or subscript, until text follows it.
    script: Option<Span>,
    is_after_pre: bool,
    in_title: bool,
    in_json_ld: bool,
}

impl<'a> Scanner<'a> {
    fn new(source: &'a str, is_xml: bool) -> Scanner<'a> {
        Scanner {
            source,
            is_xml,
            page: Page::default(),
            references: References::default(),
            stack: Vec::new(),
            names: HashMap::new(),
            n_open: Vec::new(),
            states: [0; N_STATES],
            n_formatting: 0,
            formatting: HashMap::new(),
            n_headings: 0,
            heading: None,
            block: None,
            block_kind: None,
            script: None,
            is_after_pre: false,
            in_title: false,
            in_json_ld: false,
        }
    }

    fn is(&self, state: usize) -> bool {
        self.states[state] > 0
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.names.get(name) {
            return number;
        }
        let number = self.n_open.len();
        self.names.insert(name.to_owned(), number);
        self.n_open.push(0);
        number
    }

    fn open(&mut self, name: &str, attributes: &Attributes, is_self_closing: bool, place: Span) {
        self.is_after_pre = false;
        self.page.n_elements += 1;
        self.page.most_attributes = self.page.most_attributes.max(attributes.0.len());
        let n_escapes = |value: &str| value.chars().filter(|c| matches!(c, '&' | '"' | '<' | '>' | '\u{a0}')).count();
        let most_escapes = attributes.0.iter().map(|(_, value)| n_escapes(value)).max().unwrap_or_default();
        self.page.most_escapes = self.page.most_escapes.max(most_escapes);
        self.note_head(name, attributes);
        if elements::is_block(name) {
            self.end_block();
            self.imply_ends(name, place.start);
        }
        self.count_formatting(name);
        if name == "br" {
            self.line_break(place);
        }
        if matches!(name, "sup" | "sub") {
            self.script = Some(place);
        }
        let is_empty = is_self_closing && (self.is_xml || self.is(FOREIGN));
        if is_empty && !elements::is_void(name) && self.is_xml {
            self.page.closings.push((place.end, name.to_owned()));
        }
        if !elements::is_void(name) && !is_empty {
            self.push(name, attributes, place.start);
        }
    }

    fn push(&mut self, name: &str, attributes: &Attributes, start: usize) {
        let mut states = [false; N_STATES];
        states[HIDDEN] = elements::is_never_text(name) || is_hidden(name, attributes);
        states[PRE] = matches!(name, "pre" | "listing");
        states[RAW] = matches!(name, "xmp" | "plaintext");
        states[LINK] = name == "a" && attributes.get("href").is_some();
        states[FOREIGN] = matches!(name, "svg" | "math");
        states[FIGURE] = name == "figure";
        states[CAPTION] = matches!(name, "figcaption" | "caption")
            || attributes
                .get("class")
                .is_some_and(|class| class.split_ascii_whitespace().any(elements::is_caption_class));
        let role = attributes.get("role").unwrap_or_default();
        let is_named_around = || {
            let names = [attributes.get("class"), attributes.get("id")];
            names.into_iter().flatten().flat_map(str::split_ascii_whitespace).any(elements::is_around_class)
        };
        states[AROUND] = elements::is_around(name)
            || elements::is_role_around(role)
            || (matches!(name, "div" | "section" | "p" | "ul" | "ol") && is_named_around());
        let cut = (states[HIDDEN] && !self.is(HIDDEN)).then_some(start);
        let heading = heading_level(name);
        if let Some(level) = heading {
            self.n_headings += 1;
            self.heading = Some((level, self.n_headings));
        }
        for (count, is_set) in self.states.iter_mut().zip(states) {
            *count += usize::from(is_set);
        }
        let number = self.number(name);
        self.n_open[number] += 1;
        let is_block = elements::is_block(name);
        self.stack.push(Element { name: number, is_block, states, cut, heading: heading.is_some() });
        self.page.deepest = self.page.deepest.max(self.stack.len());
        self.is_after_pre = states[PRE];
        self.in_title = name == "title" && !self.is(FOREIGN) && self.page.head.title.is_none();
        let media_type = attributes.get("type").unwrap_or_default();
        self.in_json_ld = name == "script" && media_type.trim().to_ascii_lowercase().starts_with("application/ld+json");
    }

    fn pop(&mut self, end: usize) {
        let Some(element) = self.stack.pop() else { return };
        self.n_open[element.name] -= 1;
        for (count, is_set) in self.states.iter_mut().zip(element.states) {
            *count -= usize::from(is_set);
        }
        if element.heading {
            self.heading = None;
        }
        if let Some(start) = element.cut {
            self.page.cuts.push(Span::new(start, end));
        }
    }

    fn close(&mut self, name: &str, place: Span) {
        self.is_after_pre = false;
        self.in_title = false;
        self.in_json_ld = false;
        if elements::is_block(name) {
            self.end_block();
        }
        if name == "br" {
            return self.line_break(place);
        }
        if matches!(name, "sup" | "sub") {
            self.script = Some(place);
        }
        if let Some(count) = self.formatting.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            self.n_formatting -= 1;
        }
        let Some(&number) = self.names.get(name).filter(|&&number| self.n_open[number] > 0) else { return };
        // A block ends what is open in it; an inline end tag does not reach out of its block, nor far.
        let reach = if elements::is_block(name) { self.stack.len() } else { REACH };
        let mut depth = None;
        for (index, element) in self.stack.iter().enumerate().rev().take(reach) {
            if element.name == number {
                depth = Some(index);
                break;
            }
            if !elements::is_block(name) && element.is_block {
                break;
            }
        }
        if let Some(depth) = depth {
            while self.stack.len() > depth {
                self.pop(place.end);
            }
        }
    }

    /// Ends the elements whose end tag may be left out before `name`.
    fn imply_ends(&mut self, name: &str, at: usize) {
        if let Some((ends, limits)) = elements::implied_ends(name) {
            self.end_nearest(ends, limits, at);
        }
        if elements::closes_paragraph(name) {
            self.end_nearest(&["p"], elements::PARAGRAPH_LIMITS, at);
        }
    }

    fn end_nearest(&mut self, ends: &[&str], limits: &[&str], at: usize) {
        let numbers =
            |names: &[&str]| -> Vec<usize> { names.iter().filter_map(|name| self.names.get(*name).copied()).collect() };
        let (ends, limits) = (numbers(ends), numbers(limits));
        if ends.iter().all(|&number| self.n_open[number] == 0) {
            return;
        }
        let mut depth = None;
        for (index, element) in self.stack.iter().enumerate().rev().take(REACH) {
            if ends.contains(&element.name) {
                depth = Some(index);
                break;
            }
            if limits.contains(&element.name) {
                break;
            }
        }
        if let Some(depth) = depth {
            while self.stack.len() > depth {
                self.pop(at);
            }
        }
    }

    fn count_formatting(&mut self, name: &str) {
        self.page.n_reopened += self.n_formatting;
        if elements::is_formatting(name) {
            let count = self.formatting.entry(name.to_owned()).or_default();
            // A second `<a>` closes the first.
            if name != "a" || *count == 0 {
                *count += 1;
                self.n_formatting += 1;
            }
        }
    }

    fn text(&mut self, place: Span) {
        if self.in_title {
            self.in_title = false;
            self.page.head.title = Some(self.references.resolved(place.of(self.source)));
        }
        if self.in_json_ld {
            self.page.head.json_ld.push(place);
        }
        if self.is(HIDDEN) {
            return;
        }
        let mut place = place;
        if std::mem::take(&mut self.is_after_pre) {
            // Browsers drop a line end right after `<pre>`.
            let words = place.of(self.source);
            place.start += ["\r\n", "\n", "\r"].iter().find(|end| words.starts_with(**end)).map_or(0, |end| end.len());
        }
        let is_blank = place.of(self.source).bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0xc));
        if place.start == place.end || (is_blank && self.block.is_none()) {
            return;
        }
        let content = match (self.is(RAW), self.is(PRE)) {
            (true, _) => Content::Raw,
            (_, true) => Content::Pre,
            _ => Content::Words,
        };
        if let (Some(tag), Some(first)) = (self.script.take(), self.block) {
            let last = self.page.runs[first..].last().filter(|run| !run.content.is_tag());
            let digit_before =
                last.is_some_and(|run| run.place.of(self.source).ends_with(|c: char| c.is_ascii_digit()));
            if digit_before && place.of(self.source).starts_with(|c: char| c.is_ascii_digit()) {
                self.add(Run { place: tag, content: Content::Caret, is_link: false, is_blank: true });
            }
        }
        self.add(Run { place, content, is_link: self.is(LINK), is_blank });
    }

    /// A `<br>`; a second one in a row ends the block, as it ends a paragraph to the eye.
    fn line_break(&mut self, place: Span) {
        let Some(first) = self.block.filter(|_| !self.is(HIDDEN)) else { return };
        let last = self.page.runs[first..].iter().rev().find(|run| !run.is_blank || run.content == Content::Break);
        if last.is_some_and(|run| run.content == Content::Break) {
            self.end_block();
        } else {
            self.add(Run { place, content: Content::Break, is_link: false, is_blank: true });
        }
    }

    fn add(&mut self, run: Run) {
        self.block.get_or_insert(self.page.runs.len());
        // A block is what it is at its first words: an inline `<span class=caption>` may be over by its end.
        if !run.is_blank && self.block_kind.is_none() {
            let kind = match self.heading {
                _ if self.is(CAPTION) => BlockKind::Caption,
                Some((level, nth)) => BlockKind::Heading { level, nth },
                None => BlockKind::Other,
            };
            self.block_kind = Some((kind, self.is(AROUND), self.is(FIGURE)));
        }
        self.page.runs.push(run);
    }

    fn end_block(&mut self) {
        let Some(first) = self.block.take() else { return };
        match self.block_kind.take() {
            Some((kind, is_around, is_in_figure)) => {
                let runs = Span::new(first, self.page.runs.len());
                self.page.blocks.push(PageBlock { runs, kind, is_around, is_in_figure });
            }
            // Only line breaks and white space.
            None => self.page.runs.truncate(first),
        }
    }

    fn note_head(&mut self, name: &str, attributes: &Attributes) {
        let head = &mut self.page.head;
        match name {
            "html" => {
                let language = attributes.get("lang").or_else(|| attributes.get("xml:lang"));
                head.language = head.language.take().or_else(|| language.map(str::to_owned));
            }
            "meta" => {
                let content = attributes.get("content").unwrap_or_default().trim();
                for key in ["property", "name", "itemprop", "http-equiv"].iter().filter_map(|key| attributes.get(key)) {
                    if !content.is_empty() {
                        head.meta.push((key.trim().to_ascii_lowercase(), content.to_owned()));
                    }
                }
            }
            "link" if head.canonical.is_none() => {
                let relations = attributes.get("rel").unwrap_or_default().to_ascii_lowercase();
                if relations.split_ascii_whitespace().any(|relation| relation == "canonical") {
                    head.canonical = attributes.get("href").map(|href| href.trim().to_owned());
                }
            }
            "time" => {
                let stated = attributes.get("datetime").map(str::to_owned);
                let is_published = attributes.get("pubdate").is_some()
                    || attributes
                        .get("itemprop")
                        .is_some_and(|property| property.eq_ignore_ascii_case("datepublished"));
                if is_published {
                    head.published = head.published.take().or(stated);
                } else {
                    head.times.extend(stated);
                }
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Page {
        self.end_block();
        while !self.stack.is_empty() {
            self.pop(self.source.len());
        }
        self.page.n_bytes = self.source.len();
        self.page.cuts.sort_unstable();
        self.page
    }
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// Whether the element says itself that it is not shown.
fn is_hidden(name: &str, attributes: &Attributes) -> bool {
    if attributes.get("hidden").is_some_and(|value| !value.eq_ignore_ascii_case("until-found"))
        || attributes.get("aria-hidden").is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
        || (name == "dialog" && attributes.get("open").is_none())
    {
        return true;
    }
    let Some(style) = attributes.get("style") else { return false };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.split(';').any(|rule| {
        matches!(rule.trim_end_matches("!important"), "display:none" | "visibility:hidden" | "visibility:collapse")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs of a block joined by `|`, blocks by new lines.
    #[track_caller]
    fn check(source: &str, want: &[&str]) {
        let page = scan(source, false);
        let show = |run: &Run| if run.content.is_tag() { "⏎".to_owned() } else { run.place.of(source).to_owned() };
        let runs = |block: &PageBlock| page.runs[block.runs.start..block.runs.end].iter().map(show).collect::<Vec<_>>();
        let found: Vec<String> = page.blocks.iter().map(|block| runs(block).join("|")).collect();
        assert_eq!(found, want, "{source}");
    }

    #[test]
    fn blocks_and_inline_elements() {
        check("<p>un<b>break</b>able<p>two<div>three</div>four", &["un|break|able", "two", "three", "four"]);
        check("<ul> <li>a<li>b </ul>", &["a", "b "]);
        check("<table><tr><td>a<td>b<tr><th>c</table>", &["a", "b", "c"]);
        check("one<br>two<br> <br/>three", &["one|⏎|two|⏎| ", "three"]);
    }

    #[test]
    fn hidden_elements_hide_what_is_in_them_and_no_more() {
        check("<p hidden>a<p>b", &["b"]);
        check("<div style='color:red; DISPLAY : none'><p>a</p></div>b", &["b"]);
        check("<span aria-hidden=true>a<span>b</span></span>c", &["c"]);
        check("<script>a</script><style>b</style><noscript>c</noscript><template>d</template>e", &["e"]);
        check("<svg><text>a</text><style/></svg>b", &["b"]);
        check("<b><div hidden>a</b>b</div>c", &["c"]);
        check("<p hidden='until-found'>a", &["a"]);
        check("<dialog>a</dialog><dialog open>b</dialog>", &["b"]);
        check("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>都", &["東京|都"]);
    }

    #[test]
    fn xhtml_closes_empty_elements() {
        let page = scan("<html><body><script src='a'/><p>text <a name='x'/>more</p></body></html>", true);
        assert_eq!(page.blocks.len(), 1);
        assert_eq!(page.closings.len(), 2);
    }

    #[test]
    fn hostile_pages_are_not_tame() {
        assert!(!scan(&"<div>".repeat(100_000), false).is_tame());
        assert!(!scan(&format!("{}{}", "<b id=x>".repeat(200), "<p>x".repeat(20_000)), false).is_tame());
        let many = (0..1000).map(|n| format!(" a{n}=1")).collect::<String>();
        assert!(!scan(&format!("<p{many}>x"), false).is_tame());
        assert!(scan(&"<p>text <b>bold</b> and <a href=x>link</a></p>".repeat(5_000), false).is_tame());
    }
}
