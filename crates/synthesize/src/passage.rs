//! A long text as passages: sentences and list items, in order.

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A heading; it only introduces.
    Heading,
    /// A sentence; those of one paragraph belong together.
    Sentence,
    /// An item of a list.
    Bullet,
}

/// A sentence, list item or heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passage<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// The paragraph it stands in; every list item is one of its own.
    pub(crate) paragraph: usize,
    /// Its words, without list and heading marks.
    pub(crate) text: &'a str,
}

/// The most passages one text is divided into; what comes later is not read.
const MAX_PASSAGES: usize = 400;

/// Abbreviations whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] =
    &["e.g", "i.e", "etc", "vs", "cf", "approx", "no", "nr", "dr", "mr", "mrs", "ms", "st", "fig", "incl", "resp"];

/// Divides a text. Lines of a paragraph belong together; a list item goes on
/// over the indented lines that follow it.
pub(crate) fn passages(text: &str) -> Vec<Passage<'_>> {
    let mut found = Vec::new();
    for (paragraph, block) in blocks(text).into_iter().enumerate() {
        if found.len() >= MAX_PASSAGES {
            break;
        }
        match block {
            Block::Heading(text) => found.push(Passage { kind: Kind::Heading, paragraph, text }),
            Block::Bullet(text) => found.push(Passage { kind: Kind::Bullet, paragraph, text }),
            Block::Prose(text) => {
                let sentences = sentences(text).into_iter();
                found.extend(sentences.map(|text| Passage { kind: Kind::Sentence, paragraph, text }));
            }
        }
    }
    found.truncate(MAX_PASSAGES);
    found
}

enum Block<'a> {
    Heading(&'a str),
    Bullet(&'a str),
    Prose(&'a str),
}

/// Paragraphs, list items and headings; each a slice of the text, so that it
/// may span lines.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, usize, usize)> = None; // is a bullet, from, to
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (from, to) = (at, at + line.len());
        at = to;
        let bare = line.trim();
        let starts_own = bare.is_empty() || heading(bare).is_some() || bullet(bare).is_some() || is_rule(bare);
        if starts_own {
            close(&mut open, text, &mut blocks);
        }
        if let Some(title) = heading(bare) {
            blocks.push(Block::Heading(title));
        } else if let Some(item) = bullet(bare) {
            let from = to - line.trim_start().len() + (bare.len() - item.len());
            open = Some((true, from, to));
        } else if !starts_own {
            open = open.map_or(Some((false, from, to)), |(is_bullet, from, _)| Some((is_bullet, from, to)));
        }
    }
    close(&mut open, text, &mut blocks);
    blocks
}

fn close<'a>(open: &mut Option<(bool, usize, usize)>, text: &'a str, blocks: &mut Vec<Block<'a>>) {
    if let Some((is_bullet, from, to)) = open.take() {
        let slice = text[from..to].trim();
        blocks.push(if is_bullet { Block::Bullet(slice) } else { Block::Prose(slice) });
    }
}

fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    let marks = line.len() - title.len();
    ((1..=6).contains(&marks) && title.starts_with(' ')).then(|| title.trim().trim_end_matches('#').trim_end())
}

/// A list item without its mark; a number at its beginning stays.
fn bullet(line: &str) -> Option<&str> {
    let marked = ["- ", "* ", "+ ", "• ", "– "].iter().find_map(|mark| line.strip_prefix(mark));
    marked.or_else(|| is_numbered(line).then_some(line)).map(str::trim_start).filter(|item| !item.is_empty())
}

/// Whether a line begins like `1. ` or `2) `, with three digits at most.
pub(crate) fn is_numbered(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - rest.len();
    (1..=3).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "))
}

/// Lines that only divide, and the fences around code.
fn is_rule(line: &str) -> bool {
    line.starts_with("```") || line.starts_with("~~~") || line.len() >= 3 && line.chars().all(|c| "-=*_".contains(c))
}

/// The sentences of a paragraph.
fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let chars: Vec<(usize, char)> = paragraph.char_indices().collect();
    let mut i = 0;
    while i < chars.len() {
        let (at, c) = chars[i];
        i += 1;
        let is_wide = "。！？".contains(c);
        if !is_wide && !".!?".contains(c) {
            continue;
        }
        while i < chars.len() && "\"'”’»)]!?.".contains(chars[i].1) {
            i += 1;
        }
        let next = chars.get(i).copied();
        let breaks = is_wide || next.is_none_or(|(_, c)| c.is_whitespace());
        if breaks && !(c == '.' && is_abbreviation(&paragraph[from..at])) && begins_sentence(&chars[i..]) {
            let end = next.map_or(paragraph.len(), |(at, _)| at);
            found.push(paragraph[from..end].trim());
            from = end;
        }
    }
    found.push(paragraph[from..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    is_initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// Whether what comes next can begin a sentence: anything but a small letter.
fn begins_sentence(rest: &[(usize, char)]) -> bool {
    let next = rest.iter().map(|&(_, c)| c).find(|c| !c.is_whitespace());
    next.is_none_or(|c| !c.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_fall_into_sentences() {
        let rows: [(&str, &[&str]); 6] = [
            ("Wait 0.5 s. Then go.", &["Wait 0.5 s.", "Then go."]),
            (
                "See e.g. Smith. It is (#118, of 9 November). `x` is gone.",
                &["See e.g. Smith.", "It is (#118, of 9 November).", "`x` is gone."],
            ),
            ("Really?! Yes… ok", &["Really?!", "Yes… ok"]),
            ("version 1.2.3 is out", &["version 1.2.3 is out"]),
            ("好。行！", &["好。", "行！"]),
            ("two\nlines. one", &["two\nlines. one"]),
        ];
        for (text, expected) in rows {
            assert_eq!(sentences(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_fall_into_blocks() {
        let text = "# Title #\nIntro one. Intro two:\n\n- first\n  goes on\n- second\n---\n1. numbered\nend";
        let found: Vec<(Kind, usize, &str)> =
            passages(text).iter().map(|found| (found.kind, found.paragraph, found.text)).collect();
        assert_eq!(
            found,
            [
                (Kind::Heading, 0, "Title"),
                (Kind::Sentence, 1, "Intro one."),
                (Kind::Sentence, 1, "Intro two:"),
                (Kind::Bullet, 2, "first\n  goes on"),
                (Kind::Bullet, 3, "second"),
                (Kind::Bullet, 4, "1. numbered\nend"),
            ]
        );
    }
}
