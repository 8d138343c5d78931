use onrecord::capture::{Capture, CaptureError, Hints, language_tag, read};

/// What a page may be declared as; nothing, and it is found out.
const TYPES: [Option<&str>; 12] = [
    Some("text/html"),
    Some("text/plain"),
    Some("text/markdown"),
    None,
    Some("text/html; charset=utf-8"),
    Some("text/html; charset=windows-1252"),
    Some("text/plain; charset=shift_jis"),
    Some("text/plain; charset=utf-16le"),
    Some("application/xhtml+xml"),
    Some("text/html; charset=iso-2022-jp"),
    Some("text/html; charset=gb18030"),
    Some("text/plain; charset=koi8-r"),
];

/// Reads a page. Every character of its text leads back to bytes of the page.
pub fn capture(data: &[u8]) {
    let Some((first, bytes)) = super::chosen(data) else { return };
    let hints = Hints {
        media_type: TYPES[usize::from(first) % TYPES.len()].map(str::to_string),
        url: Some("https://gazette.example/economy/1.html".into()),
        whole_page: first >= 64,
        ..Hints::default()
    };
    let result = read(bytes, &hints);
    assert_eq!(format!("{result:?}"), format!("{:?}", read(bytes, &hints)), "the same bytes read otherwise");
    if let Some(limit) = bytes.len().checked_sub(1) {
        let small = read(bytes, &Hints { max_bytes: limit, ..hints });
        assert!(matches!(small, Err(CaptureError::TooLarge { .. })));
    }
    match result {
        Ok(capture) => check(bytes, &capture),
        Err(error) => {
            let told = format!("{error} {}", error.hint().unwrap_or_default());
            assert!(told.len() < 4_000, "an error of {} bytes", told.len());
        }
    }
}

fn check(bytes: &[u8], capture: &Capture) {
    let text = &capture.text;
    // The longest that a byte can become: `&nGg;` and its kin, numbers of characters, and a blank line for each block.
    assert!(text.content.len() <= 4 * bytes.len() + 2 * text.blocks.len(), "the text is longer than its page");
    let (mut covered, mut last_byte) = (0, 0);
    for segment in &text.segments {
        let between = &text.content[covered..segment.text.start];
        assert!(between.is_empty() || between == "\n\n", "{between:?} comes from nowhere");
        assert!(segment.text.start < segment.text.end);
        assert!(last_byte <= segment.bytes.start && segment.bytes.start < segment.bytes.end, "{segment:?}");
        assert!(segment.bytes.end <= bytes.len());
        let (words, source) = (segment.text.of(&text.content), &bytes[segment.bytes.start..segment.bytes.end]);
        if capture.charset == "UTF-8" && words.len() == source.len() && words.as_bytes() != source {
            let is_folded_space = matches!((words, source), (" ", b"\n" | b"\t" | b"\r" | b"\x0c") | ("\n", b"\r"));
            assert!(is_folded_space || words == "\u{fffd}", "{words:?} was {source:?}");
        }
        (covered, last_byte) = (segment.text.end, segment.bytes.end);
    }
    assert_eq!(covered, text.content.len());
    let mut end = 0;
    for block in &text.blocks {
        assert!(end <= block.span.start && block.span.start < block.span.end, "{block:?}");
        assert!(!block.span.of(&text.content).trim().is_empty(), "a blank block");
        assert_eq!(text.role_at(block.span), Some(block.role));
        let source = text.bytes_of(block.span).expect("a block comes from the page");
        assert!(source.start < source.end && source.end <= bytes.len(), "{block:?} from {source:?}");
        end = block.span.end;
    }
    assert!(end <= text.content.len());
    if let Some(language) = &capture.metadata.language {
        assert_eq!(language_tag(language).as_ref(), Some(language));
    }
}
