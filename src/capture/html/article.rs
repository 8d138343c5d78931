//! Which text runs of a page belong to its article, by readability.
//!
//! Readability works on a tree of its own and gives back HTML, not places in the source. So it is given a copy of the
//! page in which every visible run starts with a marker of two private-use characters that no page holds; the runs
//! whose marker comes back are the article. A page that already holds such characters can fool only itself.

use std::collections::HashSet;
use std::iter::Peekable;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use dom_smoothie::{Config, Readability};

use super::scan::{Content, Page, Run};
use super::tokens::References;
use crate::domain::text::Span;

/// First characters of a marker stand in plane 15, second ones in plane 16; each holds 12 bits of the run's number.
const FIRST_PLANE: u32 = 0xF_0000;
const SECOND_PLANE: u32 = 0x10_0000;
const DIGIT: usize = 1 << 12;

/// Readability tries laxer rules when it finds less than this many characters; its own 500 makes it swallow the menus
/// of a page whose news is three sentences.
const SHORTEST_ARTICLE: usize = 200;

/// Words that readability looks for as the whole text of an element ("Advertisement"); a marker would hide them.
const UNMARKED: [&str; 16] = [
    "ad",
    "advertising",
    "advertisement",
    "pub",
    "publicité",
    "werb",
    "werbung",
    "anuncio",
    "广告",
    "реклама",
    "loading",
    "loading…",
    "loading...",
    "chargement",
    "chargement…",
    "cargando",
];

/// The runs of the article, by their index; `None` if readability finds no article or the page is too wild for it.
pub(super) fn runs(source: &str, page: &Page) -> Option<HashSet<usize>> {
    if !page.is_tame() || page.runs.len() >= DIGIT * DIGIT {
        return None;
    }
    let marked = marked_copy(source, page);
    // A page that trips readability up is still worth its whole text.
    let content = catch_unwind(AssertUnwindSafe(|| {
        let config = Config { char_threshold: SHORTEST_ARTICLE, disable_json_ld: true, ..Config::default() };
        let mut readability = Readability::new(marked, None, Some(config)).ok()?;
        Some(readability.parse().ok()?.content.to_string())
    }))
    .ok()
    .flatten()?;
    let runs = surviving(&content, page.runs.len());
    (!runs.is_empty()).then_some(runs)
}

/// Whether a run is given a marker.
pub(super) fn is_marked(source: &str, run: &Run) -> bool {
    !run.content.is_tag()
        && !run.is_blank
        && (run.place.end - run.place.start > 24
            || !UNMARKED.contains(&run.place.of(source).trim().to_lowercase().as_str()))
}

/// The page with markers, without what is not text anyway.
///
/// Only lengths, commas and full stops of the words matter to readability, so character references are resolved and
/// characters that would have to be escaped are replaced: writing them out takes the serialiser quadratic time.
fn marked_copy(source: &str, page: &Page) -> String {
    let mut copy = String::with_capacity(source.len() + page.runs.len() * 8);
    let mut tags = Tags { source, at: 0, cuts: page.cuts.iter().peekable(), closings: page.closings.iter().peekable() };
    let mut references = References::default();
    for (index, run) in page.runs.iter().enumerate().filter(|(_, run)| !run.content.is_tag()) {
        tags.copy_to(&mut copy, run.place.start);
        tags.at = run.place.end;
        let words = if run.content == Content::Raw {
            run.place.of(source).to_owned()
        } else {
            references.resolved(run.place.of(source))
        };
        let n_space = words.len() - words.trim_start().len();
        copy.push_str(&words[..n_space]);
        if is_marked(source, run) {
            copy.extend(marker(index));
        }
        copy.extend(words[n_space..].chars().map(|c| if matches!(c, '&' | '<' | '>' | '\u{a0}') { ' ' } else { c }));
    }
    tags.copy_to(&mut copy, source.len());
    copy
}

/// The source between the runs.
struct Tags<'a> {
    source: &'a str,
    at: usize,
    cuts: Peekable<slice::Iter<'a, Span>>,
    closings: Peekable<slice::Iter<'a, (usize, String)>>,
}

impl Tags<'_> {
    /// Copies up to `end`, leaving the cuts out and closing what XHTML closed.
    fn copy_to(&mut self, copy: &mut String, end: usize) {
        while self.at < end {
            let next_cut = self.cuts.peek().map_or(usize::MAX, |cut| cut.start.max(self.at));
            let next_closing = self.closings.peek().map_or(usize::MAX, |(place, _)| (*place).max(self.at));
            let stop = end.min(next_cut).min(next_closing);
            copy.push_str(&self.source[self.at..stop]);
            self.at = stop;
            if stop == next_cut {
                let cut_end = self.cuts.next().map_or(stop, |cut| cut.end);
                self.at = self.at.max(cut_end);
            } else if stop == next_closing
                && let Some((_, name)) = self.closings.next()
            {
                copy.push_str("</");
                copy.push_str(name);
                copy.push('>');
            }
        }
    }
}

fn marker(index: usize) -> [char; 2] {
    let digit = |plane: u32, digit: usize| {
        u32::try_from(digit).ok().and_then(|digit| char::from_u32(plane + digit)).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    [digit(FIRST_PLANE, index / DIGIT), digit(SECOND_PLANE, index % DIGIT)]
}

/// The numbers of the markers in `html`.
fn surviving(html: &str, n_runs: usize) -> HashSet<usize> {
    let digit = |c: char, plane: u32| {
        u32::from(c).checked_sub(plane).map(|digit| digit as usize).filter(|&digit| digit < DIGIT)
    };
    let mut runs = HashSet::new();
    let mut high = None;
    for c in html.chars() {
        if let (Some(high), Some(low)) = (high, digit(c, SECOND_PLANE)) {
            let index = high * DIGIT + low;
            if index < n_runs {
                runs.insert(index);
            }
        }
        high = digit(c, FIRST_PLANE);
    }
    runs
}

/// How much of a block readability kept: characters of marked runs kept, and of all marked runs.
pub(super) fn kept_share(source: &str, page: &Page, runs: Span, kept: &HashSet<usize>) -> (usize, usize) {
    let (mut n_kept, mut n_all) = (0, 0);
    for index in runs.start..runs.end {
        let run = &page.runs[index];
        if is_marked(source, run) {
            let length = run.place.of(source).trim().len();
            n_all += length;
            n_kept += if kept.contains(&index) { length } else { 0 };
        }
    }
    (n_kept, n_all)
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    #[test]
    fn markers_come_back() {
        for index in [0, 1, 4095, 4096, 16_777_215] {
            let html: String = marker(index).into_iter().collect();
            assert_eq!(surviving(&html, usize::MAX), HashSet::from([index]));
        }
        assert!(surviving("\u{F0001}x\u{100001}\u{100002}", 10).is_empty());
        assert!(surviving(&marker(5).iter().collect::<String>(), 5).is_empty());
    }

    #[test]
    fn the_copy_has_markers_and_no_scripts() {
        let source = "<p> one <b>two</b></p><script>x</script><p hidden>y</p><p>Werbung</p>";
        let copy = marked_copy(source, &scan(source, false));
        let [a, b] = marker(0);
        let [c, d] = marker(1);
        assert_eq!(copy, format!("<p> {a}{b}one <b>{c}{d}two</b></p><p>Werbung</p>"));
    }

    #[test]
    fn xhtml_is_closed_for_the_html_parser() {
        let source = "<div><i/>a<script src='x'/></div>";
        let copy = marked_copy(source, &scan(source, true));
        let [a, b] = marker(0);
        // An empty script is closed in any case; it has no place among the cuts.
        assert_eq!(copy, format!("<div><i/></i>{a}{b}a<script src='x'/></script></div>"));
    }
}
