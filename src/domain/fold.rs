//! When two wordings say the same.

use unicode_normalization::UnicodeNormalization;

/// Words without regard to case, spacing, the kinds of quotation marks and dashes, and compatibility forms.
pub fn folded(words: &str) -> String {
    let even = |c: char| match c {
        '‘' | '’' | 'ʼ' | '‛' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        c => c,
    };
    let words: String = words.nfkc().map(even).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn typography_says_nothing() {
        assert_eq!(folded(" Co‑founder’s  ROLE "), "co-founder's role");
        assert_eq!(folded(&folded("Ｃｈｉｅｆ “X”")), folded("chief \"x\""));
    }
}
