//! Lines around an article that change by themselves: "Updated 12 May 2024, 10:31", "32 comments".

use super::words::tokens;

/// How such a line begins, in lower case: English, French, German, Spanish, Italian, Portuguese, Dutch.
const STAMPS: &str = "updated published posted modified revised
    publié publiée jour modifié
    stand aktualisiert veröffentlicht aktualisierung
    actualizado publicado actualización
    aggiornato pubblicato aggiornamento
    atualizado atualização
    bijgewerkt gepubliceerd geplaatst";
/// What such a line counts, in the same order.
const COUNTED: &str = "comment comments share shares view views like likes replies
    commentaire commentaires partages vues réactions
    kommentar kommentare aufrufe
    comentario comentarios
    commento commenti
    comentário comentários
    reactie reacties";
/// Names of months and how they are shortened, in the languages above.
const MONTHS: &str = "january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre
    janv févr avr juil déc
    januar februar märz mai juni juli oktober dezember mär okt dez
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug set ott
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro fev out
    januari februari maart mei augustus mrt";
/// Words beside dates and figures that such a line has at most.
const MOST_WORDS: usize = 8;

/// True for a line that says when the page was written, or how many commented on it, and nothing else.
pub(super) fn is_surroundings(folded: &str) -> bool {
    let lower = folded.to_lowercase();
    let words: Vec<&str> =
        tokens(&lower).filter(|token| token.is_word).map(|token| &lower[token.start..token.end]).collect();
    let figures: Vec<usize> = (0..words.len()).filter(|&at| words[at].starts_with(char::is_numeric)).collect();
    let is_other = |word: &&&str| !word.starts_with(char::is_numeric) && !is_month(word);
    let others = words.iter().filter(is_other).count();
    if figures.is_empty() || others > MOST_WORDS {
        return false;
    }
    let names = |known: &str| known.split_whitespace().any(|known| words.contains(&known));
    let counts = names(COUNTED) && figures.len() == 1 && others <= 1;
    // A score, "2:1", is no date.
    let has_date = words.iter().any(|word| is_month(word))
        || figures.iter().any(|&at| is_year(words[at]))
        || lower.matches(['/', '-', '.']).count() >= 2;
    let is_dated = figures.iter().all(|&at| is_of_time(&words, at, &lower));
    counts || (is_dated && (names(STAMPS) || (has_date && others <= 1)))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

fn is_month(word: &str) -> bool {
    MONTHS.split_whitespace().any(|month| month == word.trim_end_matches('.'))
}

/// True for a number that is part of a date or of a time of day.
fn is_of_time(words: &[&str], at: usize, line: &str) -> bool {
    let word = words[at];
    let is_month = |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|word| is_month(word));
    let is_clock = |at: Option<usize>| {
        at.and_then(|at| words.get(at)).is_some_and(|word| matches!(*word, "h" | "uhr" | "am" | "pm" | "gmt" | "utc"))
    };
    let before = |n: usize| at.checked_sub(n);
    // "10:31", "12/05/2024", "2024-05-12" are cut at their marks.
    let is_part = |mark: char| line.contains(&format!("{word}{mark}")) || line.contains(&format!("{mark}{word}"));
    let is_written_out = word.contains('h') || word.matches('.').count() == 2;
    is_year(word)
        || is_month(before(1))
        || is_month(Some(at + 1))
        // "el 12 de mayo"
        || (words.get(at + 1) == Some(&"de") && is_month(Some(at + 2)))
        || is_clock(Some(at + 1))
        || is_clock(before(1))
        || is_part(':')
        || is_part('/')
        || (is_part('-') && line.matches('-').count() >= 2)
        || is_written_out
}

#[cfg(test)]
mod tests {
    use super::is_surroundings;

    #[test]
    fn stamps_and_stories() {
        let around = [
            "Updated 3 March 2025, 14:05",
            "This article was last updated on 12 May 2024 at 10:31.",
            "Mis à jour le 3 mars 2025 à 14 h 05",
            "Publié le 12 mai 2024 à 10h31 - Mis à jour le 13 mai 2024 à 08h10",
            "Aktualisiert am 3. März 2025, 14.05 Uhr",
            "Stand: 12.05.2024, 10:31 Uhr",
            "Actualizado el 12 de mayo de 2024",
            "12/05/2024",
            "2024-05-12 10:31",
            "32 comments",
            "1,041 Kommentare",
            "32 commentaires",
        ];
        let told = [
            "The vote is on 12 May 2024.",
            "Bridge costs 14 million",
            "Cost: 14 million pounds",
            "14",
            "The council published 14 letters on 12 May 2024.",
            "He posted 3 views of the town",
            "Harbour opens",
            "30 settlers killed",
            "14 marines dead",
            "Arsenal 2:1",
            "Minister sold 1,041 shares",
            "",
            "14,5",
            "-3.2",
        ];
        for line in around {
            assert!(is_surroundings(line), "{line}");
        }
        for line in told {
            assert!(!is_surroundings(line), "{line}");
        }
    }
}
