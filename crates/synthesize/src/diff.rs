//! A unified diff: what each file gained and lost, and its most telling
//! changed lines.

use crate::Form;
use crate::at::At;
use crate::cut::head;
use crate::focus::Focus;
use crate::line::Line;
use crate::sheet::Sheet;

/// How much of one diff is read, in bytes.
const READ_BYTES: usize = 256 * 1024;
/// The longest changed line told, in bytes.
const LINE_BYTES: usize = 140;
/// The most files told with their changed lines.
const TOLD_FILES: usize = 12;
/// The most changed lines told of one file, where it is the only one and
/// where there are several.
const TOLD_LINES_ALONE: usize = 16;
const TOLD_LINES: usize = 6;
/// The most runs of changed lines looked at in one file.
const MAX_RUNS: usize = 400;

/// One file's part of a diff.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change<'a> {
    path: &'a str,
    gained: usize,
    lost: usize,
    /// Changed lines that follow one another, with their marks.
    runs: Vec<Vec<&'a str>>,
}

/// Whether a text is a diff.
pub(crate) fn is_diff(text: &str) -> bool {
    let begins = |mark: &str| text.trim_start().starts_with(mark);
    let has_hunk = || text.lines().any(|line| Hunk::read(line).is_some());
    begins("diff --git ") || (begins("@@ ") || begins("--- ") || begins("Index: ")) && has_hunk()
}

/// Tells the files and, of the first ones, their most telling lines.
pub(crate) fn tell(text: &str, at: &At, sheet: &mut Sheet, focus: &Focus) {
    let read = head(text, READ_BYTES);
    let changes = changes(read);
    let (gained, lost) = sums(&changes);
    if changes.len() != 1 || !changes[0].path.is_empty() {
        let lead = Line::new().own("Changed files: ").count(changes.len());
        sheet.say(Form::Line, lead.then(sizes(", ", gained, lost)), at);
    }
    let most = if changes.len() == 1 { TOLD_LINES_ALONE } else { TOLD_LINES };
    for (i, change) in changes.iter().enumerate() {
        let name = Line::new().quote(change.path, LINE_BYTES);
        let between = if name.is_empty() { "" } else { " " };
        sheet.say(Form::Item { depth: 0 }, name.then(sizes(between, change.gained, change.lost)), at);
        if i < TOLD_FILES {
            sheet.say(Form::Quote { depth: 1 }, telling(change, most, focus), at);
        }
    }
    if read.len() < text.len() {
        sheet.say(Form::Line, Line::new().own("… the diff goes on beyond what was read"), at);
    }
}

/// How many files a diff changes, and by how much.
pub(crate) fn in_one_line(text: &str) -> Line {
    let changes = changes(head(text, READ_BYTES));
    let (gained, lost) = sums(&changes);
    match changes.as_slice() {
        [only] if only.path.is_empty() => Line::new().own("changed lines:").then(sizes(" ", gained, lost)),
        several => Line::new().own("changed files: ").count(several.len()).then(sizes(", ", gained, lost)),
    }
}

/// The most telling changed lines of a diff of one file, for a list.
pub(crate) fn excerpt(text: &str, focus: &Focus) -> Line {
    changes(head(text, READ_BYTES)).first().map_or_else(Line::new, |change| telling(change, TOLD_LINES, focus))
}

fn sizes(between: &str, gained: usize, lost: usize) -> Line {
    Line::new().own(between).own("+").count(gained).own(" −").count(lost)
}

fn sums(changes: &[Change<'_>]) -> (usize, usize) {
    changes.iter().fold((0, 0), |(gained, lost), change| (gained + change.gained, lost + change.lost))
}

fn changes(text: &str) -> Vec<Change<'_>> {
    let mut found: Vec<Change<'_>> = Vec::new();
    let mut hunk = Hunk::default();
    let mut open = false;
    for line in text.lines() {
        if hunk.takes(line) {
            open = changed_line(line, open, &mut found);
        } else if let Some(header) = Hunk::read(line) {
            (hunk, open) = (header, false);
        } else if let Some(names) = line.strip_prefix("diff --git ") {
            let path = names.rsplit_once(" b/").map_or(names, |(_, path)| path);
            found.push(Change { path, ..Change::default() });
        } else if line.starts_with("--- ") && found.last().is_none_or(|last| !last.runs.is_empty()) {
            found.push(Change::default());
        } else if let Some(path) = line.strip_prefix("+++ ") {
            name_last(&mut found, path);
        }
    }
    found
}

/// How many lines of the old and of the new text are still to come.
#[derive(Clone, Copy, Debug, Default)]
struct Hunk {
    old: usize,
    new: usize,
}

impl Hunk {
    /// Reads `@@ -1,2 +1,3 @@`; a count that is left out is 1.
    fn read(line: &str) -> Option<Self> {
        let mut ranges = line.strip_prefix("@@ -")?.split([' ', '+', '@']).filter(|range| !range.is_empty());
        let mut count = || {
            let range = ranges.next()?;
            range.split_once(',').map_or(Some(1), |(_, count)| count.parse().ok())
        };
        Some(Self { old: count()?, new: count()? })
    }

    /// Whether a line belongs to it; if so, it is counted.
    fn takes(&mut self, line: &str) -> bool {
        let (old, new) = match line.as_bytes().first() {
            Some(b'-') => (1, 0),
            Some(b'+') => (0, 1),
            Some(b'\\') => (0, 0),
            _ => (1, 1),
        };
        let takes = self.old >= old && self.new >= new && self.old + self.new > 0;
        if takes {
            self.old -= old;
            self.new -= new;
        }
        takes
    }
}

/// The name in a `+++` line counts unless the file was deleted.
fn name_last<'a>(found: &mut [Change<'a>], path: &'a str) {
    let path = path.split('\t').next().unwrap_or_default();
    if let Some(last) = found.last_mut().filter(|_| path != "/dev/null") {
        last.path = path.strip_prefix("b/").unwrap_or(path);
    }
}

/// Takes in one line of a hunk; whether it is a changed one.
fn changed_line<'a>(line: &'a str, open: bool, found: &mut Vec<Change<'a>>) -> bool {
    let gained = line.starts_with('+');
    if !gained && !line.starts_with('-') {
        return false;
    }
    if found.is_empty() {
        found.push(Change::default());
    }
    if let Some(change) = found.last_mut() {
        change.gained += usize::from(gained);
        change.lost += usize::from(!gained);
        let has_room = change.runs.len() < MAX_RUNS;
        match change.runs.last_mut() {
            Some(run) if open => run.push(line),
            _ if has_room => change.runs.push(vec![line]),
            _ => {}
        }
    }
    true
}

/// The changed lines that say most, in their order, `most` of them; `…` where
/// something lies between.
fn telling(change: &Change<'_>, most: usize, focus: &Focus) -> Line {
    let mut order: Vec<(f32, usize)> = change.runs.iter().enumerate().map(|(i, run)| (weight(run, focus), i)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<(usize, Vec<&str>)> = Vec::new();
    let mut left = most;
    for (_, i) in order {
        if left == 0 {
            break;
        }
        let lines = balanced(&change.runs[i], left);
        left -= lines.len();
        kept.push((i, lines));
    }
    kept.sort_by_key(|(i, _)| *i);
    let mut block = Line::new();
    for (n, line) in kept.iter().flat_map(|(_, lines)| lines).enumerate() {
        block = if n > 0 { block.own("\n") } else { block };
        block = block.verbatim(line, LINE_BYTES);
    }
    let told: usize = kept.iter().map(|(_, lines)| lines.len()).sum();
    if told < change.gained + change.lost && told > 0 { block.own("\n…") } else { block }
}

/// The lines of a run that say something, at most `most`: of what was lost
/// and of what was gained each its share.
fn balanced<'a>(run: &[&'a str], most: usize) -> Vec<&'a str> {
    let says: Vec<&'a str> = run.iter().copied().filter(|line| !line[1..].trim().is_empty()).collect();
    let lost = says.iter().filter(|line| line.starts_with('-')).count();
    let gained = says.len() - lost;
    let gains = gained.min(most - lost.min(most / 2));
    let losses = lost.min(most - gains);
    let (mut minus, mut plus) = (0, 0);
    says.into_iter()
        .filter(|line| {
            let (seen, most) = if line.starts_with('-') { (&mut minus, losses) } else { (&mut plus, gains) };
            *seen += 1;
            *seen <= most
        })
        .collect()
}

/// Definitions and settings say more than remarks and imports; replaced lines
/// more than new ones.
fn weight(run: &[&str], focus: &Focus) -> f32 {
    let asked =
        run.iter().take(TOLD_LINES_ALONE).map(|line| focus.terms.weigh_text(head(line, LINE_BYTES))).sum::<f32>();
    let defines = run.iter().any(|line| is_definition(&line[1..]));
    let replaces = run.iter().any(|line| line.starts_with('-')) && run.iter().any(|line| line.starts_with('+'));
    let idle = run.iter().all(|line| is_idle(&line[1..]));
    asked.min(3.0) + f32::from(u8::from(defines)) * 1.5 + f32::from(u8::from(replaces))
        - f32::from(u8::from(idle)) * 3.0
}

fn is_definition(line: &str) -> bool {
    let bare = line.trim_start();
    let words = ["def ", "class ", "fn ", "pub ", "func ", "function ", "struct ", "const ", "export ", "create "];
    words.iter().any(|word| bare.to_lowercase().starts_with(word)) || bare.contains(" = ") && !bare.starts_with('#')
}

/// Blank lines, remarks and imports.
fn is_idle(line: &str) -> bool {
    let bare = line.trim_start();
    bare.is_empty()
        || ["#", "//", "/*", "*", "--", "import ", "from ", "use ", "#include", "require"]
            .iter()
            .any(|mark| bare.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diffs_fall_into_files() {
        let text = "diff --git a/x.toml b/x.toml\nindex 1..2\n--- a/x.toml\n+++ b/x.toml\n@@ -1,2 +1,3 @@\n [retry]\n\
            -attempts = 3\n+attempts = 5\n+cap = 10\n@@ -9 +9 @@\n--- old rule\n+++ new rule\n\
            diff --git a/gone b/gone\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-bye\n";
        let found = changes(text);
        let told: Vec<(&str, usize, usize, usize)> =
            found.iter().map(|change| (change.path, change.gained, change.lost, change.runs.len())).collect();
        assert_eq!(told, [("x.toml", 3, 2, 2), ("gone", 0, 1, 1)]);
        let patch = changes("@@ -1 +1 @@\n-a\n+b\n");
        assert_eq!((patch[0].path, patch[0].gained, patch[0].lost), ("", 1, 1));
    }
}
