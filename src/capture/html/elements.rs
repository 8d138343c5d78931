//! What is known of HTML elements by their names: tables of words, no logic.

/// Elements that start and end a block.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "plaintext"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "xmp"
    )
}

/// Elements whose start closes an open `<p>`.
pub(super) fn closes_paragraph(name: &str) -> bool {
    is_block(name)
        && !matches!(
            name,
            "body"
                | "button"
                | "caption"
                | "head"
                | "html"
                | "legend"
                | "tbody"
                | "td"
                | "tfoot"
                | "th"
                | "thead"
                | "tr"
        )
}

/// Elements without content.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements whose content is not text of the page: code, fallbacks, form fields, what was struck out, and the readings
/// over ruby characters (which would stand in the middle of words).
pub(super) fn is_never_text(name: &str) -> bool {
    matches!(
        name,
        "applet"
            | "audio"
            | "canvas"
            | "datalist"
            | "del"
            | "iframe"
            | "noembed"
            | "noframes"
            | "noscript"
            | "object"
            | "rp"
            | "rt"
            | "s"
            | "script"
            | "select"
            | "strike"
            | "style"
            | "svg"
            | "template"
            | "textarea"
            | "title"
            | "video"
    )
}

/// Elements of pages around the article.
pub(super) fn is_around(name: &str) -> bool {
    matches!(name, "nav" | "footer" | "aside" | "form" | "button" | "menu" | "dialog" | "search")
}

/// Roles of elements around the article.
pub(super) fn is_role_around(role: &str) -> bool {
    matches!(
        role,
        "alert"
            | "alertdialog"
            | "complementary"
            | "contentinfo"
            | "dialog"
            | "menu"
            | "menubar"
            | "navigation"
            | "search"
            | "toolbar"
    )
}

/// Class names and ids of blocks around the article that say so by a whole word. Readability knows many more, but gives
/// up on all of them when a page has little text.
pub(super) fn is_around_class(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    class.starts_with("cookie")
        || class.starts_with("breadcrumb")
        || class.ends_with("-footer") && !class.starts_with("article")
        || matches!(class.as_str(), "footer" | "navbar" | "navigation" | "skip-link" | "gdpr" | "share-tools")
        || matches!(
            class.as_str(),
            "advertisement" | "advert" | "ad-banner" | "ad-container" | "ad-slot" | "ad-wrapper"
        )
}

/// Class names given to words under a picture outside `<figcaption>`.
pub(super) fn is_caption_class(class: &str) -> bool {
    matches!(
        class,
        "caption"
            | "caption-text"
            | "figcaption"
            | "figure-caption"
            | "figure__caption"
            | "image-caption"
            | "image__caption"
            | "img-caption"
            | "legende"
            | "media-caption"
            | "media__caption"
            | "photo-caption"
            | "photo__caption"
            | "picture-caption"
            | "wp-caption-text"
    )
}

/// Inline elements that the tree builder opens again in the next block when they were not closed.
pub(super) fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u"
    )
}

/// The open elements that the start of `name` closes, and the ones beyond which it does not look.
pub(super) fn implied_ends(name: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    match name {
        "li" => Some((&["li"], &["ul", "ol", "menu", "table"])),
        "dt" | "dd" => Some((&["dt", "dd"], &["dl", "table"])),
        "td" | "th" => Some((&["td", "th"], &["tr", "table"])),
        "tr" => Some((&["tr"], &["tbody", "thead", "tfoot", "table"])),
        "tbody" | "thead" | "tfoot" => Some((&["tbody", "thead", "tfoot"], &["table"])),
        "body" => Some((&["head"], &[])),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            Some((&["h1", "h2", "h3", "h4", "h5", "h6"], &["table", "div", "section"]))
        }
        _ => None,
    }
}

/// Elements beyond which an open `<p>` is not closed.
pub(super) const PARAGRAPH_LIMITS: &[&str] =
    &["applet", "button", "caption", "html", "marquee", "object", "table", "td", "template", "th"];
