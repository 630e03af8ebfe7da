//! The few styles there are. Where there is no terminal, they are taken out
//! again before anything is written.

use anstyle::{AnsiColor, Style};

/// What stands out: headings, names.
pub(crate) const STRONG: Style = Style::new().bold();
/// What may be passed over: markers, times, sources.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is missing or waits for somebody.
pub(crate) const CARE: Style = AnsiColor::Yellow.on_default();
/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// A text in a style.
pub(crate) fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}
