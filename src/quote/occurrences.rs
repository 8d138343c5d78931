//! Every place of some words in a text, overlapping ones too, in linear time whatever the words.
//!
//! A search by memchr is fast and linear for the next place, but asked again after each of many overlapping places it
//! is quadratic ("a a a … a" in a text of the same). So it only finds the first place of a cluster; inside of the
//! cluster the places come from Knuth, Morris and Pratt's automaton, until that lets go.

/// Byte offsets of `needle` in `haystack`, ascending. An empty needle occurs nowhere. As both are UTF-8, every place is
/// the boundary of a character.
pub(super) struct Occurrences<'a> {
    haystack: &'a [u8],
    needle: &'a [u8],
    finder: memchr::memmem::Finder<'a>,
    /// `borders[i]`: length of the longest proper prefix of `needle[..=i]` that is also its suffix. Built on demand.
    borders: Vec<usize>,
    at: usize,
    matched: usize,
}

impl<'a> Occurrences<'a> {
    pub(super) fn new(haystack: &'a str, needle: &'a str) -> Occurrences<'a> {
        let (haystack, needle) = (haystack.as_bytes(), needle.as_bytes());
        let finder = memchr::memmem::Finder::new(needle);
        Occurrences { haystack, needle, finder, borders: Vec::new(), at: 0, matched: 0 }
    }

    /// The next place by the fast search; the automaton then stands right behind it.
    fn jump(&mut self) -> Option<usize> {
        let place = self.at + self.finder.find(self.haystack.get(self.at..)?)?;
        self.at = place + self.needle.len();
        if self.borders.is_empty() {
            self.borders = borders(self.needle);
        }
        self.matched = self.borders[self.needle.len() - 1];
        Some(place)
    }
}

impl Iterator for Occurrences<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.needle.is_empty() {
            return None;
        }
        while self.matched > 0 {
            let byte = *self.haystack.get(self.at)?;
            while self.matched > 0 && self.needle[self.matched] != byte {
                self.matched = self.borders[self.matched - 1];
            }
            if self.needle[self.matched] != byte {
                break;
            }
            self.at += 1;
            self.matched += 1;
            if self.matched == self.needle.len() {
                self.matched = self.borders[self.matched - 1];
                return Some(self.at - self.needle.len());
            }
        }
        self.jump()
    }
}

fn borders(needle: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut length = 0;
    for i in 1..needle.len() {
        while length > 0 && needle[i] != needle[length] {
            length = borders[length - 1];
        }
        if needle[i] == needle[length] {
            length += 1;
        }
        borders[i] = length;
    }
    borders
}

/// A set of offsets of a text, one bit each.
pub(super) struct Offsets {
    bits: Vec<u64>,
}

impl Offsets {
    /// The given offsets, none greater than `limit`.
    pub(super) fn collect(limit: usize, offsets: impl Iterator<Item = usize>) -> Offsets {
        let mut bits = vec![0; limit / 64 + 1];
        for offset in offsets {
            bits[offset / 64] |= 1 << (offset % 64);
        }
        Offsets { bits }
    }

    pub(super) fn contains(&self, offset: usize) -> bool {
        self.bits.get(offset / 64).is_some_and(|word| word >> (offset % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(haystack: &str, needle: &str) {
        let naive = (0..haystack.len()).filter(|i| haystack.as_bytes()[*i..].starts_with(needle.as_bytes()));
        let naive: Vec<usize> = if needle.is_empty() { Vec::new() } else { naive.collect() };
        assert_eq!(Occurrences::new(haystack, needle).collect::<Vec<_>>(), naive, "{needle:?} in {haystack:?}");
    }

    #[test]
    fn same_as_the_naive_search() {
        check("aa aa aa", "aa aa");
        check("éèéèéé", "éèé");
        check("", "a");
        check("a", "");
        check("ab", "abc");
        // Every needle and haystack over a small alphabet, among them characters that share their first byte.
        let words = |n: u32, len: u32| -> String {
            (0..len).map(|i| ['a', 'é', 'è'][(n / 3u32.pow(i) % 3) as usize]).collect()
        };
        for needle in 0..27 {
            for haystack in 0..729 {
                check(&words(haystack, 6), &words(needle, 3));
                check(&words(haystack, 6), &words(needle % 9, 2));
            }
        }
    }
}
