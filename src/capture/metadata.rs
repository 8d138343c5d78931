//! What a page says of itself: JSON-LD first, then meta tags, then the elements of the page.
//!
//! | field | JSON-LD of the article | meta tags | elements |
//! | --- | --- | --- | --- |
//! | title | `headline`, `name` | `og:title`, `twitter:title`, `citation_title`, `dc.title` | `<title>`, `<h1>` |
//! | author | `author` names, joined by `, ` | `author`, `article:author`, `citation_author`, `dc.creator` | |
//! | publisher | `publisher` name | `og:site_name`, `publisher`, `citation_publisher`, `dc.publisher` | |
//! | published | `datePublished` | `article:published_time`, `citation_publication_date`, `date`, … | `<time pubdate>`, the only `<time>` |
//! | language | `inLanguage` | `og:locale`, `content-language`, `dc.language` | `<html lang>`, which goes before the meta tags |
//! | url | `url`, `mainEntityOfPage` | `og:url` | `<link rel=canonical>`, which goes before all |

use serde_json::{Map, Value};

use super::Metadata;
use super::dates;
use super::html::Head;

/// JSON-LD types that are articles.
const ARTICLE_TYPES: [&str; 17] = [
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "AskPublicNewsArticle",
    "AdvertiserContentArticle",
    "Article",
    "BlogPosting",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "DiscussionForumPosting",
    "Report",
    "TechArticle",
    "ScholarlyArticle",
    "SatiricalArticle",
];

/// How deep JSON-LD is searched; publishers nest two or three levels.
const DEEPEST: usize = 8;

/// How many authors are read at most; each may have to be looked up in the whole document.
const MOST_NAMES: usize = 100;

const TITLE_KEYS: &[&str] = &["og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "headline"];
const AUTHOR_KEYS: &[&str] = &[
    "author",
    "article:author",
    "og:article:author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
];
const PUBLISHER_KEYS: &[&str] =
    &["og:site_name", "publisher", "citation_publisher", "citation_journal_title", "dc.publisher", "dcterms.publisher"];
const DATE_KEYS: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "og:published_time",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
];
const LANGUAGE_KEYS: &[&str] =
    &["inlanguage", "og:locale", "content-language", "language", "dc.language", "dcterms.language"];
const DESCRIPTION_KEYS: &[&str] = &["og:description", "description", "twitter:description"];

/// What a page says of itself, and its description, which is not kept but finds the standfirst.
#[derive(Debug, Default)]
pub(super) struct Stated {
    pub(super) metadata: Metadata,
    pub(super) description: Option<String>,
    /// Whether the title comes from `<title>` alone, which often carries more than the headline.
    pub(super) is_window_title: bool,
}

/// Gathers the metadata of a page. `base` is the URL it was fetched from.
pub(super) fn of_html(head: &Head, source: &str, base: Option<&str>) -> Stated {
    let documents: Vec<Value> = head.json_ld.iter().filter_map(|span| read_json(span.of(source))).collect();
    let graph = Graph { documents: &documents };
    let article = documents.iter().find_map(|document| find_article(document, 0));
    let property = |name: &str| article.and_then(|article| article.get(name));
    let meta = |keys: &[&str]| find_meta(head, keys);

    let publisher = property("publisher")
        .and_then(|value| graph.names(value))
        .or_else(|| meta(PUBLISHER_KEYS).filter(|name| is_name(name)));
    let headline =
        property("headline").or_else(|| property("name")).and_then(plain_string).or_else(|| meta(TITLE_KEYS));
    let is_window_title = headline.is_none();
    let title = headline.or_else(|| head.title.as_deref().and_then(tidy));
    let title = title.map(|title| without_site_name(&title, publisher.as_deref()));
    let published = property("datePublished")
        .and_then(plain_string)
        .and_then(|stated| dates::normalise(&stated))
        .or_else(|| find_date(head))
        .or_else(|| head.published.as_deref().and_then(dates::normalise))
        .or_else(|| only_time(&head.times));
    let language = property("inLanguage")
        .and_then(language_of_value)
        .or_else(|| head.language.as_deref().and_then(language_tag))
        .or_else(|| meta(LANGUAGE_KEYS).as_deref().and_then(language_tag));
    let url = head
        .canonical
        .as_deref()
        .and_then(|url| absolute_url(url, base))
        .or_else(|| property("url").and_then(plain_string).and_then(|url| absolute_url(&url, base)))
        .or_else(|| property("mainEntityOfPage").and_then(url_of_value).and_then(|url| absolute_url(&url, base)))
        .or_else(|| meta(&["og:url"]).and_then(|url| absolute_url(&url, base)));
    let author = property("author")
        .or_else(|| property("creator"))
        .and_then(|value| graph.names(value))
        .or_else(|| find_authors(head));
    let description = property("description").and_then(plain_string).or_else(|| meta(DESCRIPTION_KEYS));
    Stated {
        metadata: Metadata { title, author, publisher, published, language, url, ..Metadata::default() },
        description,
        is_window_title,
    }
}

/// Reads a JSON-LD script; line ends inside strings, a common mistake, are forgiven.
fn read_json(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    let text = text.strip_prefix("//<![CDATA[").unwrap_or(text);
    let text = text.strip_prefix("<![CDATA[").unwrap_or(text);
    let text = text.strip_suffix("//]]>").or_else(|| text.strip_suffix("]]>")).unwrap_or(text).trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&spaced).ok()
    })
}

/// The first article in a JSON-LD document: the object itself, in an array, in `@graph`, as the main entity.
fn find_article(value: &Value, depth: usize) -> Option<&Map<String, Value>> {
    if depth > DEEPEST {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| find_article(value, depth + 1)),
        Value::Object(object) if is_article(object) => Some(object),
        Value::Object(object) => ["@graph", "mainEntity", "mainEntityOfPage"]
            .iter()
            .filter_map(|key| object.get(*key))
            .find_map(|value| find_article(value, depth + 1)),
        _ => None,
    }
}

fn is_article(object: &Map<String, Value>) -> bool {
    let is_one = |name: &str| ARTICLE_TYPES.contains(&name.rsplit(['/', '#', ':']).next().unwrap_or(name));
    match object.get("@type") {
        Some(Value::String(name)) => is_one(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is_one),
        _ => false,
    }
}

/// All JSON-LD of the page, in which `{"@id": …}` refers to an object stated elsewhere.
struct Graph<'a> {
    documents: &'a [Value],
}

impl Graph<'_> {
    /// The names in a string, an object, an array of either: joined by `, `, each once.
    fn names(&self, value: &Value) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        self.collect(value, 0, &mut names);
        (!names.is_empty()).then(|| names.join(", "))
    }

    fn collect(&self, value: &Value, depth: usize, names: &mut Vec<String>) {
        if depth > DEEPEST {
            return;
        }
        match value {
            Value::Array(values) => {
                values.iter().take(MOST_NAMES).for_each(|value| self.collect(value, depth + 1, names))
            }
            Value::String(_) => {
                let name = plain_string(value).filter(|name| is_name(name)).map(|name| without_by(&name));
                names.extend(name.filter(|name| !names.contains(name)));
            }
            Value::Object(object) => {
                if let Some(name) = object.get("name").or_else(|| object.get("legalName")) {
                    self.collect(name, depth + 1, names);
                } else if let Some(found) = object.get("@id").and_then(|id| self.by_id(id)) {
                    self.collect(found, depth + 1, names);
                }
            }
            _ => {}
        }
    }

    /// The object of that `@id` that has a name.
    fn by_id(&self, id: &Value) -> Option<&Value> {
        fn search<'v>(value: &'v Value, id: &Value, depth: usize) -> Option<&'v Value> {
            match value {
                _ if depth > DEEPEST => None,
                Value::Array(values) => values.iter().find_map(|value| search(value, id, depth + 1)),
                Value::Object(object) if object.get("@id") == Some(id) && object.contains_key("name") => Some(value),
                Value::Object(object) => object.values().find_map(|value| search(value, id, depth + 1)),
                _ => None,
            }
        }
        self.documents.iter().find_map(|document| search(document, id, 0))
    }
}

fn plain_string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => tidy(&super::html::resolve_references(text)),
        Value::Array(values) => values.iter().find_map(plain_string),
        Value::Object(object) => object.get("@value").and_then(plain_string),
        _ => None,
    }
}

fn url_of_value(value: &Value) -> Option<String> {
    match value {
        Value::Object(object) => object.get("@id").or_else(|| object.get("url")).and_then(plain_string),
        other => plain_string(other),
    }
}

fn language_of_value(value: &Value) -> Option<String> {
    match value {
        Value::Object(object) => {
            ["alternateName", "@id", "name"].iter().filter_map(|key| object.get(*key)).find_map(language_of_value)
        }
        Value::Array(values) => values.iter().find_map(language_of_value),
        other => other.as_str().and_then(language_tag),
    }
}

/// The content of the first meta tag of the first key that has one.
fn find_meta(head: &Head, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| head.meta.iter().filter(|(name, _)| name == key).find_map(|(_, content)| tidy(content)))
}

fn find_date(head: &Head) -> Option<String> {
    DATE_KEYS.iter().find_map(|key| {
        let mut stated = head.meta.iter().filter(|(name, _)| name == key);
        stated.find_map(|(_, content)| dates::normalise(content))
    })
}

/// What every `<time>` of the page says; where they differ, one may date a comment or another article.
fn only_time(times: &[String]) -> Option<String> {
    let first = times.first()?;
    if times.iter().all(|time| time == first) { dates::normalise(first) } else { None }
}

/// The authors of the first key that names any; several tags of one key are several authors.
fn find_authors(head: &Head) -> Option<String> {
    AUTHOR_KEYS.iter().find_map(|key| {
        let mut names: Vec<String> = Vec::new();
        for (_, content) in head.meta.iter().filter(|(name, _)| name == key).take(MOST_NAMES) {
            let name = tidy(content).filter(|name| is_name(name)).map(|name| without_by(&name));
            names.extend(name.filter(|name| !names.contains(name)));
        }
        (!names.is_empty()).then(|| names.join(", "))
    })
}

/// `article:author` and `article:publisher` often hold the address of a profile instead of a name.
fn is_name(text: &str) -> bool {
    !text.contains("://") && !text.starts_with("www.") && text.chars().any(char::is_alphabetic)
}

fn without_by(name: &str) -> String {
    let bare = ["By ", "by ", "BY ", "Par ", "Von ", "Por "].iter().find_map(|by| name.strip_prefix(by));
    bare.unwrap_or(name).trim().to_owned()
}

/// White space folded; `None` if nothing is left.
pub(super) fn tidy(text: &str) -> Option<String> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

/// The title without " - Site Name" at its end.
fn without_site_name(title: &str, publisher: Option<&str>) -> String {
    let Some(publisher) = publisher else { return title.to_owned() };
    for (at, separator) in title.char_indices().rev() {
        if !matches!(separator, '-' | '–' | '—' | '|' | '·' | '•' | '»' | ':') {
            continue;
        }
        let (head, tail) = (title[..at].trim_end(), title[at + separator.len_utf8()..].trim());
        if head.len() < at && !head.is_empty() && tail.to_lowercase() == publisher.to_lowercase() {
            return head.to_owned();
        }
    }
    title.to_owned()
}

/// A language tag, with the country where it is stated: `fr` from `fr`, `fra` and `French`, `fr-CA` from `fr_CA`.
pub fn language_tag(stated: &str) -> Option<String> {
    let stated = stated.trim().split([',', ';', ' ']).next()?;
    let language = language_code(stated.split(['-', '_']).next()?)?;
    let is_country = |subtag: &&str| subtag.len() == 2 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
    Some(match stated.split(['-', '_']).skip(1).find(is_country) {
        Some(country) => format!("{language}-{}", country.to_ascii_uppercase()),
        None => language,
    })
}

/// ISO 639-1 from `fr`, `fra`, `French`.
fn language_code(stated: &str) -> Option<String> {
    let primary = stated.to_ascii_lowercase();
    const LONGER: [(&str, &str); 40] = [
        ("eng", "en"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("deu", "de"),
        ("ger", "de"),
        ("spa", "es"),
        ("ita", "it"),
        ("por", "pt"),
        ("nld", "nl"),
        ("dut", "nl"),
        ("jpn", "ja"),
        ("zho", "zh"),
        ("chi", "zh"),
        ("rus", "ru"),
        ("ara", "ar"),
        ("kor", "ko"),
        ("pol", "pl"),
        ("swe", "sv"),
        ("dan", "da"),
        ("nor", "no"),
        ("fin", "fi"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("ces", "cs"),
        ("cze", "cs"),
        ("ell", "el"),
        ("gre", "el"),
        ("ron", "ro"),
        ("rum", "ro"),
        ("hun", "hu"),
        ("cat", "ca"),
        ("heb", "he"),
        ("hin", "hi"),
        ("english", "en"),
        ("french", "fr"),
        ("german", "de"),
        ("spanish", "es"),
        ("italian", "it"),
        ("portuguese", "pt"),
        ("dutch", "nl"),
    ];
    if primary.len() == 2 && primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some(primary);
    }
    LONGER.iter().find(|(name, _)| *name == primary).map(|(_, code)| (*code).to_owned())
}

/// A URL as stated, made whole with the page's own; `None` where that cannot be done or it is not a web address.
fn absolute_url(stated: &str, base: Option<&str>) -> Option<String> {
    let stated = stated.trim();
    if stated.starts_with("http://") || stated.starts_with("https://") {
        return Some(stated.to_owned());
    }
    if stated.is_empty() || stated.starts_with('#') || stated.split(['/', '?']).next()?.contains(':') {
        return None;
    }
    let base = base?.split(['?', '#']).next()?;
    let (scheme, rest) = base.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if let Some(rest) = stated.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    if stated.starts_with('/') {
        return Some(format!("{scheme}://{host}{stated}"));
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let slash = if folder.is_empty() { "" } else { "/" };
    Some(format!("{scheme}://{host}/{folder}{slash}{stated}"))
}

#[cfg(test)]
mod tests {
    use super::super::html::scan_head;
    use super::*;

    fn read(page: &str) -> Metadata {
        of_html(&scan_head(page), page, Some("https://news.example/2025/page.html?x=1")).metadata
    }

    #[test]
    fn json_ld_goes_first() {
        let metadata = read(
            r##"<html lang="en"><title>Window - The Gazette</title><meta property="og:title" content="OG">
            <script type="application/ld+json">{"@context":"https://schema.org","@graph":[
              {"@type":"Organization","@id":"#org","name":"The Gazette"},
              {"@type":"Person","@id":"#ann","name":"Ann Lee"},
              {"@type":["NewsArticle"],"headline":"Port &amp; harbour
 reopen","author":[{"@id":"#ann"},"By Bo Oduya",{"@type":"Person","name":"Ann Lee"}],
               "publisher":{"@id":"#org"},"datePublished":"2025-06-26T12:00:00+02:00","inLanguage":"fr-FR",
               "mainEntityOfPage":{"@id":"https://news.example/port"}}]}</script>"##,
        );
        assert_eq!(
            metadata,
            Metadata {
                title: Some("Port & harbour reopen".into()),
                author: Some("Ann Lee, Bo Oduya".into()),
                publisher: Some("The Gazette".into()),
                published: Some("2025-06-26T10:00:00Z".into()),
                language: Some("fr-FR".into()),
                url: Some("https://news.example/port".into()),
                credits: Vec::new(),
            }
        );
    }

    #[test]
    fn then_meta_tags_then_elements() {
        let metadata = read(
            r#"<html lang="de-DE"><head><title>Der Hafen &#8211; Blatt</title><link rel="shortlink canonical" href="/hafen">
            <meta property="og:site_name" content="Blatt"><meta name="citation_author" content="Eva Roth">
            <meta name="citation_author" content="Jan Pohl"><meta property="article:author" content="https://fb.example/x">
            <meta name="date" content="not a date"><body><time datetime="2025-06-26">gestern</time>"#,
        );
        assert_eq!(
            metadata,
            Metadata {
                title: Some("Der Hafen".into()),
                author: Some("Eva Roth, Jan Pohl".into()),
                publisher: Some("Blatt".into()),
                published: Some("2025-06-26".into()),
                language: Some("de-DE".into()),
                url: Some("https://news.example/hafen".into()),
                credits: Vec::new(),
            }
        );
    }

    #[test]
    fn times_that_differ_date_nothing() {
        assert_eq!(read("<time datetime=2025-06-26>a</time><time datetime=2025-06-27>b</time>").published, None);
        let page = "<time datetime=2025-06-26>a</time><time pubdate datetime=2025-06-27>b</time>";
        assert_eq!(read(page).published.as_deref(), Some("2025-06-27"));
    }

    #[test]
    fn other_json_ld_says_nothing() {
        let page = r#"<script type="application/ld+json">{"@type":"BreadcrumbList","name":"Menu"}</script>
            <script type="application/ld+json">{broken</script>"#;
        assert_eq!(read(page), Metadata::default());
    }

    #[test]
    fn languages_and_urls() {
        for (stated, want) in [
            ("FR_ca", Some("fr-CA")),
            ("eng", Some("en")),
            ("zh-Hans-CN", Some("zh-CN")),
            ("de-1996", Some("de")),
            ("en-US, en", Some("en-US")),
            ("x-default", None),
            ("", None),
        ] {
            assert_eq!(language_tag(stated).as_deref(), want);
        }
        let base = Some("https://a.example/b/c?d");
        for (stated, want) in [
            ("//x.example/y", Some("https://x.example/y")),
            ("e", Some("https://a.example/b/e")),
            ("javascript:void(0)", None),
            ("#top", None),
        ] {
            assert_eq!(absolute_url(stated, base).as_deref(), want);
        }
        assert_eq!(absolute_url("/e", None), None);
    }
}
