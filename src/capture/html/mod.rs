//! HTML to text: the words of the source in document order, in blocks with roles.
//!
//! White space folds as a browser folds it (kept in `<pre>`), blocks are apart by a blank line, `<br>` is a line end,
//! inline elements do not split words. Which blocks are the article is readability's decision ([`article`]), taken
//! block by block: a paragraph stays whole or goes whole, so that no word inside a sentence is ever lost. On top of it:
//!
//! - the headline (`<h1>`) stays, as [`Role::Title`], though readability drops it;
//! - the standfirst stays, if the page's description repeats it;
//! - captions of pictures in the article stay, as [`Role::Caption`];
//! - pointers to other articles are [`Role::Related`];
//! - menus, footers, forms and asides never count as article, even where readability, short of text, took them in.

mod article;
mod elements;
mod scan;
mod tokens;

use std::collections::HashSet;

pub(super) use self::scan::Head;
use self::scan::{BlockKind, Content, Page, PageBlock, Run};
use self::tokens::{References, Stretch};
use super::builder::Builder;
use super::charset::Decoded;
use super::phrases::{self, Pointer};
use crate::domain::text::{Role, Span, Text};

/// Name and version of the extractor that keeps the article.
const ARTICLE: &str = "html-article/1";
/// Name and version of the extractor that keeps the whole page.
const PAGE: &str = "html-page/1";

/// A page with its tags read.
pub(super) struct Html<'a> {
    decoded: &'a Decoded<'a>,
    page: Page,
}

impl<'a> Html<'a> {
    pub(super) fn new(decoded: &'a Decoded<'a>, is_xml: bool) -> Html<'a> {
        Html { decoded, page: scan::scan(&decoded.text, is_xml) }
    }

    /// What the head says.
    pub(super) fn head(&self) -> &Head {
        &self.page.head
    }

    /// The text; `None` if nothing visible is there. `headline` and `description` are what the metadata say;
    /// `whole_page` keeps what is not article.
    pub(super) fn text(&self, headline: Option<&str>, description: Option<&str>, whole_page: bool) -> Option<Text> {
        let source = &self.decoded.text;
        let found = article::runs(source, &self.page).map(|kept| self.article_blocks(&kept));
        let in_article = found.filter(|blocks| blocks.contains(&true));
        let has_article = in_article.is_some();
        let mut in_article = in_article.unwrap_or_else(|| vec![true; self.page.blocks.len()]);
        let title = self.title(headline, &in_article);
        if has_article {
            self.keep_standfirst(description, title, &mut in_article);
        }
        let keep_all = whole_page || !has_article;
        let within = in_article.iter().position(|&is_in| is_in).zip(in_article.iter().rposition(|&is_in| is_in));
        let mut assembler = Assembler::new(self.decoded);
        for (index, block) in self.page.blocks.iter().enumerate() {
            let role = match block.kind {
                BlockKind::Heading { nth, .. } if Some(nth) == title => Role::Title,
                // Readability drops a caption when it drops the picture.
                BlockKind::Caption if in_article[index] || is_inner_figure(block, index, within) => Role::Caption,
                _ if in_article[index] => Role::Body,
                _ if keep_all => Role::Navigation,
                _ => {
                    assembler.skip();
                    continue;
                }
            };
            assembler.block(self.runs(block), role);
        }
        assembler.finish(if keep_all { PAGE } else { ARTICLE })
    }

    /// The headline on the page, for want of a stated one: the first `<h1>` that the window title repeats, at least in
    /// part, else the only one there is.
    pub(super) fn headline(&self, window_title: Option<&str>) -> Option<String> {
        let is_one = |block: &&PageBlock| matches!(block.kind, BlockKind::Heading { level: 1, .. }) && !block.is_around;
        let headings: Vec<String> = self.page.blocks.iter().filter(is_one).map(|block| self.words(block)).collect();
        let window_title = folded(window_title.unwrap_or_default());
        let is_repeated = |heading: &&String| {
            let heading = folded(heading);
            heading.len() >= 4
                && window_title.len() >= 4
                && (window_title.contains(&heading) || heading.contains(&window_title))
        };
        let only = headings.first().filter(|_| headings.len() == 1);
        headings.iter().find(is_repeated).or(only).filter(|heading| !heading.is_empty()).cloned()
    }

    fn runs(&self, block: &PageBlock) -> &[Run] {
        &self.page.runs[block.runs.start..block.runs.end]
    }

    /// The words of a block on one line.
    fn words(&self, block: &PageBlock) -> String {
        let mut references = References::default();
        let words: String = self
            .runs(block)
            .iter()
            .map(|run| match run.content {
                Content::Break => " ".to_owned(),
                Content::Caret => "^".to_owned(),
                Content::Raw => run.place.of(&self.decoded.text).to_owned(),
                _ => references.resolved(run.place.of(&self.decoded.text)),
            })
            .collect();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// For each block, whether most of its characters were kept by readability and it is not around the article.
    fn article_blocks(&self, kept: &HashSet<usize>) -> Vec<bool> {
        let is_kept = |block: &PageBlock| {
            let (n_kept, n_all) = article::kept_share(&self.decoded.text, &self.page, block.runs, kept);
            !block.is_around && n_kept > 0 && n_kept * 2 >= n_all
        };
        self.page.blocks.iter().map(is_kept).collect()
    }

    /// The number of the heading that is the headline: the one that says what the metadata say, else the first
    /// `<h1>`, those in the article before those outside, and those around it (a logo in the footer) last.
    fn title(&self, headline: Option<&str>, in_article: &[bool]) -> Option<usize> {
        let wanted = headline.map(folded).filter(|words| !words.is_empty());
        let mut best: Option<(u8, usize)> = None;
        for (index, block) in self.page.blocks.iter().enumerate() {
            let BlockKind::Heading { level, nth } = block.kind else { continue };
            let words = if level <= 2 { folded(&self.words(block)) } else { String::new() };
            let is_same = wanted.as_ref().is_some_and(|wanted| is_same_headline(&words, wanted));
            let rank = match (level, is_same) {
                (1, true) => 0,
                (2, true) => 1,
                (1, false) if block.is_around => 4,
                (1, false) if in_article[index] => 2,
                (1, false) => 3,
                _ => continue,
            };
            if best.is_none_or(|(other, _)| rank < other) {
                best = Some((rank, nth));
            }
        }
        best.map(|(_, nth)| nth)
    }

    /// Keeps the block between headline and article that the page's description repeats.
    fn keep_standfirst(&self, description: Option<&str>, title: Option<usize>, in_article: &mut [bool]) {
        let Some(wanted) = description.map(folded).filter(|words| words.len() > 30) else { return };
        let Some(title) = title else { return };
        let is_title = |block: &PageBlock| matches!(block.kind, BlockKind::Heading { nth, .. } if nth == title);
        let Some(after) = self.page.blocks.iter().position(is_title) else { return };
        let Some(last) = in_article.iter().rposition(|&is_in| is_in) else { return };
        for (block, is_in) in self.page.blocks.iter().zip(in_article).take(last).skip(after) {
            if !*is_in && !block.is_around && !is_title(block) {
                let words = folded(&self.words(block));
                *is_in = words.len() > 30 && (words.starts_with(&wanted) || wanted.starts_with(&words));
            }
        }
    }
}

/// Whether the block stands in a picture within the article, whose first and last blocks are given.
fn is_inner_figure(block: &PageBlock, index: usize, within: Option<(usize, usize)>) -> bool {
    block.is_in_figure && !block.is_around && within.is_some_and(|(first, last)| first < index && index < last)
}

/// Letters and digits only, in lower case, for comparing headlines.
fn folded(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Headlines on the page and in the metadata often differ by a kicker or the name of the site.
fn is_same_headline(words: &str, wanted: &str) -> bool {
    words == wanted || (words.len() >= 15 && wanted.contains(words)) || (wanted.len() >= 15 && words.contains(wanted))
}

/// White space seen, not yet written: it is dropped at the ends of a block and of a line.
#[derive(Clone, Copy)]
struct Held {
    words: &'static str,
    place: Span,
    /// Preformatted: kept at the start of a line.
    is_pre: bool,
}

/// Writes blocks of runs into a text.
struct Assembler<'a> {
    decoded: &'a Decoded<'a>,
    builder: Builder<'a>,
    references: References,
    held: Vec<Held>,
    /// Where the links of the block stand in it.
    links: Vec<Span>,
    /// Whether the block before was "Read also" alone, or a link under it.
    is_under_pointer: bool,
}

impl<'a> Assembler<'a> {
    fn new(decoded: &'a Decoded<'a>) -> Assembler<'a> {
        Assembler {
            decoded,
            builder: Builder::new(decoded),
            references: References::default(),
            held: Vec::new(),
            links: Vec::new(),
            is_under_pointer: false,
        }
    }

    /// A block was left out.
    fn skip(&mut self) {
        self.is_under_pointer = false;
    }

    fn block(&mut self, runs: &[Run], role: Role) {
        self.links.clear();
        for run in runs {
            let start = self.builder.block().len();
            self.run(run);
            let end = self.builder.block().len();
            if run.is_link && start < end {
                self.links.push(Span::new(start, end));
            }
        }
        self.held.clear();
        if self.builder.block().trim().is_empty() {
            return self.builder.end_block(role);
        }
        let pointer = phrases::pointer(self.builder.block(), &self.links);
        let is_related = pointer.is_some() || (self.is_under_pointer && self.is_links_only());
        self.is_under_pointer = pointer == Some(Pointer::Heading) || (self.is_under_pointer && is_related);
        let may_be_related = matches!(role, Role::Body | Role::Navigation);
        self.builder.end_block(if is_related && may_be_related { Role::Related } else { role });
    }

    fn is_links_only(&self) -> bool {
        let count = |words: &str| words.chars().filter(|c| c.is_alphanumeric()).count();
        let block = self.builder.block();
        let linked: usize = self.links.iter().filter_map(|link| block.get(link.start..link.end)).map(count).sum();
        linked > 0 && linked == count(block)
    }

    fn run(&mut self, run: &Run) {
        match run.content {
            Content::Break => {
                self.drop_held_spaces();
                self.held.push(Held { words: "\n", place: run.place, is_pre: false });
            }
            Content::Caret => self.reference(run.place, "^", false),
            Content::Raw => self.verbatim(run.place, true),
            content => {
                let mut stretches = Vec::new();
                self.references.stretches(&self.decoded.text, run.place, |stretch| stretches.push(stretch));
                for stretch in stretches {
                    match stretch {
                        Stretch::Verbatim(place) => self.verbatim(place, content == Content::Pre),
                        Stretch::Reference(place, words) => self.reference(place, &words, content == Content::Pre),
                    }
                }
            }
        }
    }

    fn verbatim(&mut self, place: Span, keeps_space: bool) {
        for part in parts(place.of(&self.decoded.text)) {
            let part = Span::new(place.start + part.start, place.start + part.end);
            if !part.of(&self.decoded.text).starts_with(is_space) {
                self.release();
                self.builder.push(part);
            } else if keeps_space {
                self.hold_each(part);
            } else {
                self.hold_folded(part);
            }
        }
    }

    fn reference(&mut self, place: Span, words: &str, keeps_space: bool) {
        match words {
            "\n" | "\r" if keeps_space => self.held.push(Held { words: "\n", place, is_pre: true }),
            " " | "\t" | "\n" | "\r" | "\u{c}" => self.hold_folded(place),
            _ => {
                self.release();
                self.builder.push_as(words, place);
            }
        }
    }

    /// White space outside `<pre>`: one space, none next to a space or line end.
    fn hold_folded(&mut self, place: Span) {
        if self.held.is_empty() {
            self.held.push(Held { words: " ", place, is_pre: false });
        }
    }

    /// White space inside `<pre>`: as it is, but for line ends, which are one character as in a browser.
    fn hold_each(&mut self, place: Span) {
        let words = place.of(&self.decoded.text).as_bytes();
        let mut at = 0;
        while at < words.len() {
            let (shown, length) = match (words[at], words.get(at + 1)) {
                (b'\r', Some(b'\n')) => ("\n", 2),
                (b'\r' | b'\n', _) => ("\n", 1),
                (b'\t', _) => ("\t", 1),
                (0xc, _) => ("\u{c}", 1),
                _ => (" ", 1),
            };
            if shown == "\n" && self.builder.is_block_empty() {
                self.held.clear();
            } else {
                let place = Span::new(place.start + at, place.start + at + length);
                self.held.push(Held { words: shown, place, is_pre: true });
            }
            at += length;
        }
    }

    fn drop_held_spaces(&mut self) {
        while self.held.last().is_some_and(|held| held.words == " ") {
            self.held.pop();
        }
    }

    /// Writes the white space held back, now that words follow it.
    fn release(&mut self) {
        let held = std::mem::take(&mut self.held);
        let last_line = held.iter().rposition(|one| one.words == "\n").map_or(0, |index| index + 1);
        // At the start of a block only the indentation of preformatted text stays.
        let is_first = self.builder.is_block_empty();
        for one in &held[if is_first { last_line } else { 0 }..] {
            if !is_first || one.is_pre {
                self.builder.push_as(one.words, one.place);
            }
        }
    }

    fn finish(self, extractor: &str) -> Option<Text> {
        self.builder.finish(extractor)
    }
}

/// The white space that HTML folds; no-break spaces are characters like others.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// What [`visible_words`] finds.
pub(super) enum Piece<'a> {
    /// Words without white space, or the character of a reference.
    Words(&'a str),
    /// White space, as it shows: a space or a line end.
    Space(&'static str),
    /// The end of a block.
    End,
}

/// The visible words of a fragment of HTML in order, with their places in it.
pub(super) fn visible_words(fragment: &str, mut sink: impl FnMut(Piece<'_>, Span)) {
    let page = scan::scan(fragment, false);
    let mut references = References::default();
    for block in &page.blocks {
        for run in &page.runs[block.runs.start..block.runs.end] {
            if run.content == Content::Break {
                sink(Piece::Space("\n"), run.place);
                continue;
            }
            if run.content == Content::Caret {
                sink(Piece::Words("^"), run.place);
                continue;
            }
            references.stretches(fragment, run.place, |stretch| match stretch {
                Stretch::Reference(place, words) if words.starts_with(is_space) => sink(Piece::Space(" "), place),
                Stretch::Reference(place, words) => sink(Piece::Words(&words), place),
                Stretch::Verbatim(place) => {
                    for part in parts(place.of(fragment)) {
                        let at = Span::new(place.start + part.start, place.start + part.end);
                        let words = at.of(fragment);
                        sink(if words.starts_with(is_space) { Piece::Space(" ") } else { Piece::Words(words) }, at);
                    }
                }
            });
        }
        sink(Piece::End, block.runs);
    }
}

/// Words and white space in turn.
fn parts(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let is_blank = rest.starts_with(is_space);
        let length = rest.find(|c| is_space(c) != is_blank).unwrap_or(rest.len());
        at += length;
        Some(Span::new(at - length, at))
    })
}

/// `text` with its character references resolved; JSON-LD often holds them though it should not.
pub(super) fn resolve_references(text: &str) -> String {
    if text.contains('&') { References::default().resolved(text) } else { text.to_owned() }
}

#[cfg(test)]
pub(super) fn scan_head(source: &str) -> Head {
    scan::scan(source, false).head
}

#[cfg(test)]
mod tests {
    use super::super::Hints;
    use super::super::charset;
    use super::super::kind::Kind;
    use super::*;

    /// Reads a page in which readability finds no article unless there is one.
    #[track_caller]
    fn check(source: &str, want: &[(Role, &str)]) {
        let decoded = charset::decode(source.as_bytes(), Kind::Html, &Hints::default()).unwrap();
        let text = Html::new(&decoded, false).text(Some("The headline of it"), None, true).unwrap();
        let found: Vec<_> = text.blocks.iter().map(|block| (block.role, block.span.of(&text.content))).collect();
        assert_eq!(found, want, "{source}");
    }

    #[test]
    fn white_space_folds_as_in_a_browser() {
        check("<p> a \n\t b <b> c </b> d </p>", &[(Role::Body, "a b c d")]);
        check("<p>a<b>b</b><!-- c -->c<wbr>d</p>", &[(Role::Body, "abcd")]);
        check("<p>a <br> b<br/>c<br></p>", &[(Role::Body, "a\nb\nc")]);
        check("<p>a<br><br>b<br>\n<br>\n<br>c", &[(Role::Body, "a"), (Role::Body, "b"), (Role::Body, "c")]);
        check("<p>a&nbsp; b&#32;&#10;c</p>", &[(Role::Body, "a\u{a0} b c")]);
        check("<pre>\r\n  a\r\n\tb <i>c</i>\n\n</pre>d", &[(Role::Body, "  a\n\tb c"), (Role::Body, "d")]);
        check("a<div>b</div>c", &[(Role::Body, "a"), (Role::Body, "b"), (Role::Body, "c")]);
    }

    #[test]
    fn blocks_of_white_space_are_none() {
        check(
            "<p>&nbsp;</p><p>a</p><p>&#32;<p> &nbsp;<br>&nbsp; </p><p>b</p>",
            &[(Role::Body, "a"), (Role::Body, "b")],
        );
    }

    #[test]
    fn roles() {
        check(
            "<h1>Site</h1><h1>The headline of it</h1><figure><img><figcaption>c</figcaption></figure><p>x</p>",
            &[(Role::Body, "Site"), (Role::Title, "The headline of it"), (Role::Caption, "c"), (Role::Body, "x")],
        );
        check(
            "<p><span class='caption'>c</span></p><p class=wp-caption-text>d",
            &[(Role::Caption, "c"), (Role::Caption, "d")],
        );
        check(
            "<h3>Mehr zum Thema</h3><ul><li><a href=a>A</a><li><a href=b>B</a></ul><p><a href=c>C</a> c</p><p><a href=d>D</a>",
            &[
                (Role::Related, "Mehr zum Thema"),
                (Role::Related, "A"),
                (Role::Related, "B"),
                (Role::Body, "C c"),
                (Role::Body, "D"),
            ],
        );
        check("<p>Read more about <a href=x>the harbour</a></p>", &[(Role::Related, "Read more about the harbour")]);
    }
}
