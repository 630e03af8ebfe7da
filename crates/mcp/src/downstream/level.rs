//! How grave a log message is.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::message::text;

/// MCP's eight levels, the mildest first.
const LEVELS: [&str; 8] = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level(u8);

impl Level {
    /// The level of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        LEVELS.iter().position(|level| *level == name).and_then(|place| place.try_into().ok()).map(Self)
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        LEVELS[usize::from(self.0)]
    }

    /// Its place among the eight.
    pub(crate) fn place(self) -> u8 {
        self.0
    }

    /// The level at that place.
    pub(crate) fn at(place: u8) -> Option<Self> {
        (usize::from(place) < LEVELS.len()).then_some(Self(place))
    }

    /// The level of a log message, by the parameters of its notification. One
    /// that names none of the eight counts as the gravest: it is not lost.
    pub(crate) fn of(params: &RawValue) -> Self {
        #[derive(Deserialize)]
        struct Levelled<'a> {
            #[serde(borrow, default)]
            level: Option<&'a RawValue>,
        }
        let level: Option<Levelled<'_>> = serde_json::from_str(params.get()).ok();
        let named = level.and_then(|levelled| levelled.level).and_then(text).and_then(|name| Self::named(&name));
        named.unwrap_or(Self(7))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_their_order() {
        let of = |text: &str| Level::of(&RawValue::from_string(text.to_owned()).unwrap());
        assert!(of(r#"{"level":"debug"}"#) < of(r#"{"data":{"level":"debug"},"level":"error"}"#));
        assert_eq!(of(r#"{"level":"loud"}"#).name(), "emergency");
        assert_eq!(Level::at(Level::named("alert").unwrap().place()), Level::named("alert"));
        assert_eq!(Level::at(8), None);
    }
}
