//! What a request says of itself and of its client beside its parameters.

use std::borrow::Cow;
use std::fmt;

use dispatch::Offers;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::nesting::{OURS, WAY};
use crate::members::Text;
use crate::share::{SHARE, WrittenShare};

/// The member that names the revision of a request that stands for itself.
pub(crate) const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const LEVEL: &str = "io.modelcontextprotocol/logLevel";

/// The members of a request's `_meta` that concern us; the rest is not ours
/// to read.
#[derive(Debug, Default)]
pub(crate) struct Meta<'a> {
    /// The revision, where the request stands for itself.
    pub(crate) version: Option<Cow<'a, str>>,
    /// What its client can do.
    pub(crate) capabilities: Option<&'a RawValue>,
    /// From which level on it wants log messages.
    pub(crate) log_level: Option<Cow<'a, str>>,
    /// Which of us it came through, first to last.
    pub(crate) way: Vec<Cow<'a, str>>,
    /// What is left of the larger request that it is a part of.
    pub(crate) share: WrittenShare,
    /// The name of its progress.
    pub(crate) progress_token: Option<&'a RawValue>,
    /// Whether there are members for whoever the request ends up at.
    pub(crate) travels: bool,
}

/// Whether a member belongs to the client's connection with us, or is ours.
pub(crate) fn stays(name: &str) -> bool {
    name == "progressToken" || name.starts_with(OURS) || name.starts_with("io.modelcontextprotocol/")
}

impl<'de: 'a, 'a> Deserialize<'de> for Meta<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Meta<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Meta<'de>, A::Error> {
        let mut meta = Meta::default();
        let (mut way, mut share) = (None, None);
        while let Some(Text(name)) = members.next_key()? {
            let first = match &*name {
                VERSION => put(&mut meta.version, members.next_value::<Option<Text<'_>>>()?.map(|Text(text)| text)),
                LEVEL => put(&mut meta.log_level, members.next_value::<Option<Text<'_>>>()?.map(|Text(text)| text)),
                CAPABILITIES => put(&mut meta.capabilities, Some(members.next_value()?)),
                "progressToken" => put(&mut meta.progress_token, Some(members.next_value()?)),
                SHARE => put(&mut share, Some(members.next_value()?)),
                WAY => put(&mut way, Some(members.next_value::<Vec<Text<'_>>>()?)),
                other => {
                    meta.travels |= !stays(other);
                    members.next_value::<IgnoredAny>()?;
                    true
                }
            };
            if !first {
                return Err(A::Error::custom(format_args!("`{name}` stands there twice")));
            }
        }
        meta.share = share.unwrap_or_default();
        meta.way = way.unwrap_or_default().into_iter().map(|Text(passed)| passed).collect();
        Ok(meta)
    }
}

/// Puts a value in its place; `false` when there was one already.
fn put<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let first = place.is_none();
    *place = value;
    first
}

/// What a client declared that it can do.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Capabilities {
    #[serde(default)]
    sampling: Option<IgnoredAny>,
    #[serde(default)]
    elicitation: Option<Elicitation>,
    #[serde(default)]
    roots: Option<IgnoredAny>,
    #[serde(default)]
    extensions: Option<Extensions>,
}

#[derive(Debug, Default, Deserialize)]
struct Extensions {
    #[serde(default, rename = "io.modelcontextprotocol/tasks")]
    tasks: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
struct Elicitation {
    #[serde(default)]
    form: Option<IgnoredAny>,
    #[serde(default)]
    url: Option<IgnoredAny>,
}

impl<'a> Meta<'a> {
    /// What is wrong with it, where it cannot be read.
    pub(crate) fn read(meta: Option<&'a RawValue>) -> Result<Self, String> {
        let Some(meta) = meta else { return Ok(Self::default()) };
        if !meta.get().starts_with('{') {
            return Err("`_meta` is to be an object".to_owned());
        }
        serde_json::from_str(meta.get()).map_err(|error| format!("in `_meta`: {error}"))
    }

    /// The client's abilities, as a request that stands for itself has to
    /// say.
    pub(crate) fn capabilities(&self) -> Result<Capabilities, String> {
        let missing = || "`_meta` is to have `io.modelcontextprotocol/clientCapabilities`".to_owned();
        Capabilities::read(self.capabilities.ok_or_else(missing)?)
    }
}

impl Capabilities {
    /// As the client wrote them.
    pub(crate) fn read(text: &RawValue) -> Result<Self, String> {
        if !text.get().starts_with('{') {
            return Err("a client's capabilities are to be an object".to_owned());
        }
        serde_json::from_str(text.get()).map_err(|error| format!("in the client's capabilities: {error}"))
    }

    /// Whether the client takes a task for an answer to a call.
    pub(crate) fn take_tasks(&self) -> bool {
        self.extensions.as_ref().is_some_and(|extensions| extensions.tasks.is_some())
    }

    /// What the client can be asked. `later` says that it answers in a
    /// request of its own.
    pub(crate) fn offers(&self, later: bool) -> Offers {
        let elicitation = self.elicitation.as_ref();
        // Before there were two ways to be asked, there were forms.
        let forms = elicitation.is_some_and(|ways| ways.form.is_some() || ways.url.is_none());
        let urls = elicitation.is_some_and(|ways| ways.url.is_some());
        Offers { sampling: self.sampling.is_some(), forms, urls, roots: self.roots.is_some(), later }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn what_a_client_can_be_asked_is_what_it_declared() {
        let rows = [
            ("{}", [false; 4]),
            (r#"{"sampling":{}}"#, [true, false, false, false]),
            (r#"{"elicitation":{}}"#, [false, true, false, false]),
            (r#"{"elicitation":{"form":{}}}"#, [false, true, false, false]),
            (r#"{"elicitation":{"url":{}}}"#, [false, false, true, false]),
            (r#"{"elicitation":{"form":{},"url":{}},"roots":{"listChanged":true}}"#, [false, true, true, true]),
            (r#"{"sampling":null,"roots":null}"#, [false; 4]),
        ];
        for (declared, expected) in rows {
            let offers = Capabilities::read(&raw(declared)).unwrap().offers(true);
            assert_eq!([offers.sampling, offers.forms, offers.urls, offers.roots], expected, "{declared}");
        }
        assert!(Capabilities::read(&raw("[]")).is_err());
        let rows = [
            ("{}", false),
            (r#"{"extensions":{}}"#, false),
            (r#"{"extensions":{"io.modelcontextprotocol/tasks":null}}"#, false),
            (r#"{"extensions":{"x/y":{},"io.modelcontextprotocol/tasks":{}}}"#, true),
        ];
        for (declared, expected) in rows {
            assert_eq!(Capabilities::read(&raw(declared)).unwrap().take_tasks(), expected, "{declared}");
        }
    }
}
