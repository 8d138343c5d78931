//! Agencies whose report a page says that it repeats.
//!
//! Three places count, and nothing between them, because an agency that is only mentioned is no credit:
//!
//! - a dateline at the beginning: "PARIS, June 3 (Reuters) - …", "Berlin (dpa/AFP) – …";
//! - a line of its own among the last paragraphs, or brackets at the end of one: "(with AFP)", "Source: Reuters", "mit
//!   Material von dpa", "… (EFE)", and "(Reporting by …; Editing by …)", by which Reuters signs;
//! - the byline: "Reuters", "Jane Doe with AFP".

use crate::domain::text::{Role, Text};

/// Agencies by the name shown and the ways to write it, in lower case.
const AGENCIES: [(&str, &[&str]); 28] = [
    ("AAP", &["aap", "australian associated press"]),
    ("Adnkronos", &["adnkronos"]),
    ("AFP", &["afp", "agence france-presse", "agence france presse"]),
    ("Agência Lusa", &["lusa", "agência lusa"]),
    ("ANI", &["ani"]),
    ("ANP", &["anp"]),
    ("ANSA", &["ansa"]),
    ("AP", &["ap", "associated press", "the associated press"]),
    ("APA", &["apa"]),
    ("Belga", &["belga", "agence belga"]),
    ("Bloomberg", &["bloomberg", "bloomberg news"]),
    ("Canadian Press", &["canadian press", "the canadian press"]),
    ("dpa", &["dpa", "dpa-afx"]),
    ("EFE", &["efe", "agencia efe"]),
    ("Europa Press", &["europa press", "europapress"]),
    ("IANS", &["ians"]),
    ("Keystone-SDA", &["keystone-sda", "keystone-ats", "sda", "ats", "awp"]),
    ("Kyodo", &["kyodo", "kyodo news"]),
    ("NTB", &["ntb"]),
    ("PA Media", &["pa media", "press association", "pa"]),
    ("PTI", &["pti", "press trust of india"]),
    ("Reuters", &["reuters", "thomson reuters"]),
    ("Ritzau", &["ritzau"]),
    ("TASS", &["tass"]),
    ("TT", &["tt"]),
    ("UPI", &["upi"]),
    ("Xinhua", &["xinhua"]),
    ("Yonhap", &["yonhap"]),
];

/// Words that lead to an agency in a sign-off or a byline.
const LEADS: [&str; 26] = [
    "agencies:",
    "avec",
    "com",
    "con",
    "con información de",
    "con informazioni di",
    "fonte",
    "fuente",
    "met",
    "mit",
    "mit material von",
    "quelle",
    "quellen",
    "source",
    "sources",
    "from",
    "by",
    "by the",
    "par",
    "von",
    "por",
    "with",
    "with files from",
    "with material from",
    "with reporting by",
    "©",
];

/// What joins an agency to a name in a byline.
const BYLINE_JOINTS: [&str; 6] = [" with ", " avec ", " mit ", " con ", " and ", " et "];

/// How many paragraphs from the beginning may hold a dateline, and from the end a sign-off.
const NEAR: usize = 3;
/// Longest place and date before the agency of a dateline, in bytes.
const LONGEST_PLACE: usize = 60;

/// The agencies that a page credits, in the order found, each once.
pub fn of(text: &Text, author: Option<&str>) -> Vec<String> {
    let body: Vec<&str> =
        text.blocks.iter().filter(|block| block.role == Role::Body).map(|block| block.span.of(&text.content)).collect();
    let mut found = Vec::new();
    for block in body.iter().take(NEAR) {
        found.extend(dateline(block));
    }
    for block in body.iter().rev().take(NEAR).rev() {
        found.extend(sign_off(block));
    }
    for part in author.into_iter().flat_map(|author| author.split([',', ';', '/', '|'])) {
        // "Jane Doe with AFP".
        let joined = BYLINE_JOINTS.iter().find_map(|joint| part.split_once(joint)).map_or(part, |(_, rest)| rest);
        found.extend(led_to(joined));
    }
    let mut credits: Vec<String> = Vec::new();
    for agency in found {
        if !credits.iter().any(|known| known == agency) {
            credits.push(agency.to_string());
        }
    }
    credits
}

/// "PARIS, June 3 (Reuters) - …"
fn dateline(block: &str) -> Vec<&'static str> {
    let Some((place, rest)) = block.split_once('(') else { return Vec::new() };
    let Some((inside, rest)) = rest.split_once(')') else { return Vec::new() };
    let ends_a_sentence = place.contains(['!', '?', '“', '"', ':']);
    // A place is a name: "PARIS", "Port Merrow", "New Delhi, June 3"; "Photo (Reuters): a fire" has none.
    let is_place = place.trim().is_empty() || place.len() <= LONGEST_PLACE && !ends_a_sentence;
    let dash = rest.trim_start().starts_with(['-', '–', '—', '=']);
    if is_place && dash { agencies(inside) } else { Vec::new() }
}

/// "(with AFP)", "Source: Reuters", or the end of a paragraph in brackets.
fn sign_off(block: &str) -> Vec<&'static str> {
    let block = block.trim();
    let last = block.strip_suffix(['.', ' ']).unwrap_or(block).strip_suffix(')');
    if let Some((_, inside)) = last.and_then(|block| block.rsplit_once('(')) {
        let lower = inside.to_lowercase();
        if lower.starts_with("reporting by ") && lower.contains("editing by ") {
            return vec!["Reuters"];
        }
        // "Born in Scranton (PA)": two letters behind a sentence are as likely a place.
        let short = inside.trim().len() <= 2 && !block.starts_with('(');
        return if short { Vec::new() } else { led_to(inside) };
    }
    if block.split_whitespace().count() > 8 { Vec::new() } else { led_to(block) }
}

/// Agencies behind one of the words that lead to them, or alone.
fn led_to(words: &str) -> Vec<&'static str> {
    let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '–' | '—' | '-' | '*'));
    let whole = agencies(words);
    if !whole.is_empty() {
        return whole;
    }
    let lower = words.to_lowercase();
    let behind = |lead: &&str| {
        let rest = lower.strip_prefix(lead)?;
        let apart = rest.starts_with([' ', ':', '\u{a0}']) || *lead == "©";
        // "avec l’AFP".
        let rest = rest.trim_start_matches([':', ' ', '\u{a0}']);
        let rest = rest.strip_prefix("l’").or_else(|| rest.strip_prefix("l'")).unwrap_or(rest);
        apart.then(|| rest.to_string())
    };
    LEADS.iter().filter_map(behind).map(|rest| agencies(&rest)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Agencies, if nothing but agencies stands there: "dpa", "AFP/Reuters", "AP, AFP".
fn agencies(words: &str) -> Vec<&'static str> {
    let lower = words.to_lowercase();
    let parts: Vec<&str> = [" and ", " et ", " und ", " y ", " e ", " en "]
        .iter()
        .fold(vec![lower.as_str()], |parts, joint| parts.into_iter().flat_map(|part| part.split(joint)).collect());
    let parts = parts.into_iter().flat_map(|part| part.split(['/', ',', '&', '+'])).map(str::trim);
    let mut found = Vec::new();
    for part in parts {
        match AGENCIES.iter().find(|(_, spellings)| spellings.contains(&part)) {
            Some((name, _)) => found.push(*name),
            None => return Vec::new(),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::{Block, Span};

    fn check(paragraphs: &[&str], author: &str, expected: &[&str]) {
        let content = paragraphs.join("\n");
        let mut start = 0;
        let mut blocks = Vec::new();
        for paragraph in paragraphs {
            blocks.push(Block { role: Role::Body, span: Span::new(start, start + paragraph.len()) });
            start += paragraph.len() + 1;
        }
        let text = Text { content, blocks, segments: Vec::new(), extractor: String::new() };
        assert_eq!(of(&text, (!author.is_empty()).then_some(author)), expected, "{paragraphs:?} by {author}");
    }

    #[test]
    fn credits_are_read_where_pages_put_them() {
        check(&["PARIS, June 3 (Reuters) - The port was closed on Monday."], "", &["Reuters"]);
        check(&["Berlin (dpa/AFP) – Der Hafen ist zu.", "Mehr dazu."], "", &["dpa", "AFP"]);
        check(&["(AFP) — Le port est fermé."], "", &["AFP"]);
        check(&["Le port est fermé.", "(avec AFP)"], "", &["AFP"]);
        check(&["Der Hafen ist zu.", "Mit Material von dpa"], "", &["dpa"]);
        check(&["The port was closed.", "Source: Reuters"], "", &["Reuters"]);
        check(&["El puerto cerró. (EFE)"], "", &["EFE"]);
        check(&["It closed.", "(Reporting by Ann Lee; Editing by Bo Chan)"], "", &["Reuters"]);
        check(&["It closed."], "Jane Doe with AFP", &["AFP"]);
        check(&["It closed."], "Reuters", &["Reuters"]);
        check(&["It closed."], "Ann Lee, AP", &["AP"]);
        check(&["Le port est fermé.", "Avec l’AFP"], "", &["AFP"]);
        check(&["Le port est fermé. (©AFP)"], "", &["AFP"]);
        check(&["Le port est fermé.", "ats/afp"], "", &["Keystone-SDA", "AFP"]);
        check(&["BRUXELLES 12/3 (Belga) = Le port est fermé."], "", &["Belga"]);
        check(&["It closed.", "By Reuters"], "", &["Reuters"]);
    }

    #[test]
    fn an_agency_that_is_only_mentioned_is_no_credit() {
        check(&["The mayor told Reuters that the port was closed."], "", &[]);
        check(
            &["One of three agencies (Reuters) had it first.", "It closed.", "It opened.", "Later.", "More."],
            "",
            &[],
        );
        check(&["He said: (AFP) - was first."], "", &[]);
        check(&["It closed.", "Our man spoke with Reuters and left the town at noon on Monday."], "", &[]);
        check(&["It closed."], "Jane Doe", &[]);
        check(&["It closed (see page 3)"], "", &[]);
        check(&["It closed.", "The mayor spoke with Reuters."], "", &[]);
        check(&["It closed.", "Photo by AFP"], "", &[]);
        check(&["Photo (Reuters): a fire."], "", &[]);
        check(&["It closed.", "He was born in Scranton (PA)."], "", &[]);
    }
}
