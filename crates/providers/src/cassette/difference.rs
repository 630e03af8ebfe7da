//! Where a request differs from the nearest one that was recorded.

use serde_json::Value;

use super::entry::{Asked, Entry};

/// Characters that are shown of either side.
const SHOWN_CHARS: usize = 40;

/// In words: the nearest entry of the recording, and its first difference.
/// Nearest is the one that agrees the longest, those of the same purpose
/// before all others.
pub(super) fn nearest(asked: &Asked, entries: &[Entry]) -> String {
    let text = beside_purpose(&asked.request);
    let agreement = |entry: &Entry| (entry.purpose == asked.purpose, common(&text, &beside_purpose(&entry.request)));
    let best = entries.iter().enumerate().max_by_key(|(at, entry)| (agreement(entry), std::cmp::Reverse(*at)));
    let head = format!("`{}` request {}", asked.purpose, &asked.key[..8]);
    match best {
        None => format!("{head}; it records nothing at all"),
        Some((at, entry)) => {
            let place = first("", &entry.request, &asked.request).unwrap_or_default();
            format!("{head}; the nearest is entry {} (`{}`), which differs {place}", at + 1, entry.purpose)
        }
    }
}

/// What is asked for, whatever the purpose.
fn beside_purpose(request: &Value) -> String {
    let members = request.as_object().into_iter().flatten().filter(|(name, _)| *name != "purpose");
    members.map(|(name, value)| format!("{name}:{value}\n")).collect()
}

/// The length of what two texts begin with alike.
fn common(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

/// The first place where two values differ, in words.
fn first(at: &str, recorded: &Value, asked: &Value) -> Option<String> {
    match (recorded, asked) {
        (Value::Object(old), Value::Object(new)) => {
            let members = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            members
                .filter_map(|name| {
                    let own = |value: &serde_json::Map<String, Value>| value.get(name).cloned().unwrap_or_default();
                    first(&format!("{at}/{name}"), &own(old), &own(new))
                })
                .next()
        }
        (Value::Array(old), Value::Array(new)) => {
            let item = |items: &[Value], i: usize| items.get(i).cloned().unwrap_or_default();
            (0..old.len().max(new.len())).find_map(|i| first(&format!("{at}/{i}"), &item(old, i), &item(new, i)))
        }
        (Value::String(old), Value::String(new)) if old != new => {
            let start = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
            let shown = |text: &str| text.chars().skip(start).take(SHOWN_CHARS).collect::<String>();
            Some(format!("at {at}, character {}: recorded {:?}, asked {:?}", start + 1, shown(old), shown(new)))
        }
        (old, new) if old != new => {
            let shown = |value: &Value| value.to_string().chars().take(SHOWN_CHARS).collect::<String>();
            Some(format!("at {at}: recorded {}, asked {}", shown(old), shown(new)))
        }
        _ => None,
    }
}
