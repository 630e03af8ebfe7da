//! An object as a record of fields whose parts are known: what it is called,
//! its facts, its running texts, the records within it.

use serde_json::Value;

use crate::at::At;
use crate::focus::Focus;
use crate::line::Line;
use crate::phrase::{Precision, brief, phrase};
use crate::role::{Role, role};

/// The most fields of one object that are looked at.
const MAX_FIELDS: usize = 80;
/// The longest headline, in bytes.
const HEADLINE_BYTES: usize = 160;
/// A record of at most so many fields tells also what is not the case.
const FEW_FIELDS: usize = 8;

/// How much of a record's facts is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All that a person may want: the record stands alone.
    Full,
    /// What tells it from its neighbours: it is an element of a list.
    Item,
    /// When and where: what matters is what somebody said.
    Remark,
}

/// One field.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    /// Its name.
    pub(crate) key: &'a str,
    /// Its value.
    pub(crate) value: &'a Value,
    /// What it is for.
    pub(crate) role: Role,
    /// Whether the query asks about it by name.
    pub(crate) asked: bool,
    /// Where it stands.
    pub(crate) at: At,
}

/// An object whose parts are known.
#[derive(Clone, Debug)]
pub(crate) struct Record<'a> {
    fields: Vec<Field<'a>>,
}

impl<'a> Record<'a> {
    /// The record that an object's members make.
    pub(crate) fn of(members: impl IntoIterator<Item = (&'a str, &'a Value)>, at: &At, focus: &Focus) -> Self {
        let field = |(key, value): (&'a str, &'a Value)| Field {
            key,
            value,
            role: role(key, value),
            asked: focus.terms.name(key),
            at: at.key(key),
        };
        Self { fields: members.into_iter().take(MAX_FIELDS).map(field).collect() }
    }

    /// The record that an object makes.
    pub(crate) fn of_object(object: &'a serde_json::Map<String, Value>, at: &At, focus: &Focus) -> Self {
        Self::of(object.iter().map(|(key, value)| (key.as_str(), value)), at, focus)
    }

    /// The first field for that purpose.
    pub(crate) fn first(&self, role: Role) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.role == role)
    }

    /// Every field for that purpose, those that the query asks about first.
    pub(crate) fn all(&self, role: Role) -> Vec<&Field<'a>> {
        let mut found: Vec<&Field<'a>> = self.fields.iter().filter(|field| field.role == role).collect();
        found.sort_by_key(|field| !field.asked);
        found
    }

    /// What the thing is called: `#123 Switch the policy`, a path, a key.
    pub(crate) fn headline(&self) -> Option<Line> {
        let called = self.naming().into_iter().map(|field| match field.role {
            Role::Number => Line::new().own("#").then(brief(field.value)),
            _ => Line::new().quote(field.value.as_str().unwrap_or_default(), HEADLINE_BYTES),
        });
        let called: Vec<Line> = called.filter(|line| !line.is_empty()).collect();
        (!called.is_empty()).then(|| Line::new().joined(called, " "))
    }

    /// Whether it is something that somebody said or that stands somewhere: a
    /// text without a title.
    pub(crate) fn is_remark(&self) -> bool {
        self.first(Role::Title).is_none() && self.first(Role::Body).is_some()
    }

    /// Whoever said it, else where it stands, else what it is called.
    pub(crate) fn speaker(&self) -> Option<&Field<'a>> {
        [Role::Person, Role::Path, Role::Number, Role::Id].into_iter().find_map(|role| self.first(role))
    }

    /// Its facts in a few words each, the most telling first. The fields
    /// `told` have been told already.
    pub(crate) fn facts(&self, detail: Detail, told: &[&str]) -> Vec<Line> {
        let wanted = |field: &&Field<'a>| !told.contains(&field.key) && detail.wants(field) && self.is_fact(field);
        let mut told: Vec<&Field<'a>> = self.fields.iter().filter(wanted).collect();
        told.sort_by_key(|field| (!field.asked, field.role));
        let mut facts: Vec<Line> = Vec::new();
        for field in told {
            if facts.len() == detail.most() {
                break;
            }
            match (field.key, self.deletions()) {
                ("additions", Some(deletions)) => {
                    let change = Line::new().own("+").then(brief(field.value)).own(" −").then(brief(deletions));
                    facts.push(change);
                }
                ("deletions", Some(_)) if self.fields.iter().any(|other| other.key == "additions") => {}
                _ => facts.push(phrase(field.key, field.value, field.role, detail.precision())),
            }
        }
        facts.retain(|fact| !fact.is_empty());
        facts
    }

    /// The keys of the fields that the headline is made of.
    pub(crate) fn headline_keys(&self) -> Vec<&'a str> {
        self.naming().into_iter().map(|field| field.key).collect()
    }

    /// The running texts, in their order, those asked about first.
    pub(crate) fn bodies(&self) -> Vec<&Field<'a>> {
        self.all(Role::Body)
    }

    /// The records within it, those asked about first.
    pub(crate) fn nested(&self) -> Vec<&Field<'a>> {
        self.all(Role::Nested)
    }

    /// A path that ends with the name says all that the name says.
    fn naming(&self) -> Vec<&Field<'a>> {
        let text = |field: &Field<'a>| field.value.as_str().unwrap_or_default();
        let (title, path) = (self.first(Role::Title), self.first(Role::Path));
        let number = self.first(Role::Number);
        match (title, path) {
            (Some(title), Some(path)) if text(path).ends_with(text(title)) => vec![path],
            (Some(title), _) => number.into_iter().chain([title]).collect(),
            (None, Some(path)) => vec![path],
            (None, None) => number.or_else(|| self.first(Role::Id)).into_iter().collect(),
        }
    }

    /// Whether the query asks about one of its facts by name.
    pub(crate) fn has_asked_fact(&self) -> bool {
        self.fields.iter().any(|field| field.asked && self.is_fact(field))
    }

    fn is_fact(&self, field: &Field<'a>) -> bool {
        match field.role {
            Role::Body | Role::Nested | Role::Noise => false,
            Role::Flag => field.asked || field.value == &Value::Bool(true) || self.fields.len() <= FEW_FIELDS,
            // A name that the headline's path ends with.
            Role::Title => !self.headline_keys().iter().any(|key| {
                let headline = self.fields.iter().find(|other| other.key == *key);
                headline
                    .and_then(|other| other.value.as_str())
                    .is_some_and(|path| path.ends_with(field.value.as_str().unwrap_or_default()))
            }),
            _ => true,
        }
    }

    fn deletions(&self) -> Option<&'a Value> {
        let field = self.fields.iter().find(|field| field.key == "deletions")?;
        (field.role == Role::Count).then_some(field.value)
    }
}

impl Detail {
    fn most(self) -> usize {
        match self {
            Self::Full => 12,
            Self::Item => 5,
            Self::Remark => 3,
        }
    }

    fn precision(self) -> Precision {
        if self == Self::Remark { Precision::Minute } else { Precision::Day }
    }

    /// Names for machines and addresses say little in a list.
    fn wants(self, field: &Field<'_>) -> bool {
        self == Self::Full || field.asked || !matches!(field.role, Role::Id | Role::Link)
    }
}
