//! Citation markers, and other brackets, in what a model wrote.

/// A stretch of text and the names in the markers right behind it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Marked {
    /// The words, without markers.
    pub(crate) text: String,
    /// The steps named, in order.
    pub(crate) cited: Vec<String>,
}

/// Signs that end a sentence.
const ENDS: &[char] = &['.', '!', '?', '…', ':', '。', '！', '？'];

/// The longest name looked for between brackets, in bytes.
const NAME_BYTES: usize = 200;

/// What may stand around a name in a marker.
const DECORATION: &[char] = &['\\', '^', '`', '*', ' ', '\t'];

/// Parts a line where a sentence and its markers end: `A is 5. [s1] B is 7
/// [s2].` are two. Markers within a sentence count for all of it.
pub(crate) fn sentences(line: &str, is_step: &dyn Fn(&str) -> bool) -> Vec<Marked> {
    let mut found: Vec<Marked> = Vec::new();
    let mut current = Marked::default();
    let mut rest = line;
    while let Some((before, names, after)) = next_marker(rest, is_step) {
        current.text.push_str(before);
        current.cited.extend(names);
        rest = after;
        if rest.starts_with([',', ';']) {
            current.text.truncate(current.text.trim_end().len());
        }
        let follows = rest.trim_start();
        if next_marker(rest, is_step).is_some_and(|(before, ..)| before.trim().is_empty()) {
            continue;
        }
        if follows.starts_with(ENDS) || current.text.trim_end().ends_with(ENDS) {
            let ended = follows.trim_start_matches(ENDS);
            if !current.text.trim_end().ends_with(ENDS) {
                current.text.truncate(current.text.trim_end().len());
                current.text.push_str(&follows[..follows.len() - ended.len()]);
            }
            rest = ended;
            found.push(std::mem::take(&mut current));
        }
    }
    current.text.push_str(rest);
    let is_rest =
        !current.text.trim_matches(|c: char| c.is_whitespace() || ENDS.contains(&c) || "*_`".contains(c)).is_empty();
    if is_rest || !current.cited.is_empty() {
        found.push(current);
    }
    found
}

/// The text with a `\` before whatever still reads as a marker: taking
/// markers out may have put others together.
pub(crate) fn disarmed(text: &str, is_step: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, _, after)) = next_marker(rest, is_step) {
        let marker = &rest[before.len()..rest.len() - after.len()];
        out.push_str(before);
        out.push_str(if marker.starts_with('\\') { "" } else { "\\" });
        out.push_str(marker);
        rest = after;
    }
    out + rest
}

/// The next `[s1]`, `[s1, s2]` or `【s1】`: what stands before it, the names
/// in it, what stands after it.
fn next_marker<'a>(text: &'a str, is_step: &dyn Fn(&str) -> bool) -> Option<(&'a str, Vec<String>, &'a str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find(['[', '【']).map(|at| from + at) {
        let inner = text[at..].trim_start_matches(['[', '【']);
        let opened = text.len() - inner.len();
        // Only the last of several opening brackets opens the marker.
        let start = text[..opened].char_indices().next_back().map_or(at, |(start, _)| start);
        if let Some(end) = inner.find([']', '】']).filter(|end| *end <= NAME_BYTES) {
            let close = inner[end..].chars().next().map_or(0, char::len_utf8);
            let names: Vec<&str> = inner[..end]
                .split([',', ';', ' '])
                .map(|name| name.trim_matches(DECORATION))
                .filter(|name| !name.is_empty())
                .collect();
            // A bracket may have been escaped as for markdown.
            let start = if text[..start].ends_with('\\') { start - 1 } else { start };
            if !names.is_empty() && names.iter().all(|name| is_step(name)) {
                let names = names.into_iter().map(str::to_owned).collect();
                return Some((&text[..start], names, &inner[end + close..]));
            }
        }
        from = opened;
    }
    None
}

/// Links and images written as markdown, as their words and their address:
/// what an address is must show. Emphasis goes.
pub(crate) fn without_markdown(text: &str) -> String {
    let mut out = text.replace("**", "");
    while let Some(middle) = out.find("](") {
        let Some(open) = out[..middle].rfind('[') else {
            out.replace_range(middle..middle + 2, "] (");
            continue;
        };
        let close = out[middle + 2..].find(')').map_or(out.len(), |at| middle + 2 + at);
        let words = out[open + 1..middle].trim().to_owned();
        let address = out[middle + 2..close].trim().to_owned();
        let begin = if out[..open].ends_with('!') { open - 1 } else { open };
        let plain = if words.is_empty() || words == address { address } else { format!("{words} ({address})") };
        let end = (close + 1).min(out.len());
        out.replace_range(begin..end, &plain);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_step(name: &str) -> bool {
        name == "prs"
            || name.strip_prefix(['s', 'S']).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    }

    /// The words of a sentence, and what it cites.
    type Sentence<'a> = (&'a str, &'a [&'a str]);

    #[test]
    fn lines_are_parted_where_sentences_end() {
        let rows: &[(&str, &[Sentence<'_>])] = &[
            ("A is 5 [s1].", &[("A is 5.", &["s1"])]),
            ("A is 5. [s1][s2]", &[("A is 5. ", &["s1", "s2"])]),
            ("A is 5. [s1] B is 7 [s2].", &[("A is 5. ", &["s1"]), ("B is 7.", &["s2"])]),
            ("A [s1], while B [s2, prs].", &[("A, while B.", &["s1", "s2", "prs"])]),
            ("A [s1]. Uncited.", &[("A.", &["s1"]), (" Uncited.", &[])]),
            ("[WIP] fix [s9] 【s1】", &[("[WIP] fix  ", &["s9", "s1"])]),
            ("[[s1]] x", &[("[] x", &["s1"])]),
            ("[s1", &[("[s1", &[])]),
            ("x \\[s1\\] y [^s2]", &[("x  y ", &["s1", "s2"])]),
            ("[s1] github.get", &[(" github.get", &["s1"])]),
        ];
        for (line, expected) in rows {
            let found = sentences(line, &is_step);
            let found: Vec<(&str, Vec<&str>)> = found
                .iter()
                .map(|marked| (marked.text.as_str(), marked.cited.iter().map(String::as_str).collect()))
                .collect();
            let expected: Vec<(&str, Vec<&str>)> =
                expected.iter().map(|(text, cited)| (*text, cited.to_vec())).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn what_still_reads_as_a_marker_is_broken() {
        for (text, expected) in [("a [s1 ] b \\[prs] [x]", "a \\[s1 ] b \\[prs] [x]"), ("[[S2]", "[\\[S2]")] {
            assert_eq!(disarmed(text, &is_step), expected, "{text}");
        }
    }

    #[test]
    fn markdown_shows_its_addresses() {
        let rows = [
            (
                "see [the PR](https://a.test/1) and ![](http://x/p.png)",
                "see the PR (https://a.test/1) and http://x/p.png",
            ),
            ("**bold** ](x [a](b", "bold ] (x a (b)"),
            ("[https://a.test](https://a.test)", "https://a.test"),
            ("[a](b](c)", "a (b] (c)"),
        ];
        for (text, expected) in rows {
            assert_eq!(without_markdown(text), expected, "{text}");
        }
    }
}
