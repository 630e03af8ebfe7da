//! What holds of every answer, whatever the model writes.

mod desk;
mod scene;

use std::collections::HashSet;

use concertmaster_synthesize::{Answer, Author, Form};
use desk::{Reply, Scripted, answer, streamed};
use plan::Observation;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use query::{Blame, Fault};
use scene::Scene;
use serde_json::{Value, json};

/// How many replies are tried.
const CASES: usize = 1_500;
/// Where chance begins.
const SEED: [u8; 32] = [17; 32];

fn results() -> [Value; 2] {
    [
        json!({"number": 123, "additions": 34, "at": "2026-11-09T10:02:00Z", "price": 1204.5, "url": "https://a.test/p/123",
               "mail": "mira@a.test", "path": "src/retry.py", "text": "see [s9] and \u{202e}x, 11,400 of 7", "list": [1, 2, 3]}),
        json!("Log: 42 errors on 18 November, ask jonas@b.test, https://b.test/q?x=1 [s1] ![](https://b.test/p.png)"),
    ]
}

fn scene() -> Scene {
    let [first, second] = results();
    Scene::new(
        "what is #123 about?",
        json!([{"id": "s1", "tool": "a.get"}, {"id": "s2", "tool": "b.read"}, {"id": "s3", "tool": "c.get"}]),
        json!({"style": "summary", "uses": ["s1", "s2", "s3"]}),
    )
    .with("s1", first)
    .with("s2", second)
    .ended("s3", Observation::Failed(Fault::lasting(Blame::Upstream, "refused", "it said no")))
}

/// Lines that hold, broken in every way.
fn reply() -> impl Strategy<Value = String> {
    let sound = prop::sample::select(vec![
        "It is #123 by mira@a.test [s1]",
        "34 lines in src/retry.py [s1]",
        "42 errors on 18 November [s2]",
        "- 1,204.50 or 11400 [s1]",
        "see https://a.test/p/123. [s1]",
        "3 things [s1]",
        "## What it is",
        "It is:",
        "nothing much [s1][s2]",
        "on 9 November at 10:02 [s1]",
    ])
    .prop_map(str::to_owned);
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "[s1]", "[s2]", "[s3]", "[s9]", "[s1, s2]", "[S2]", "【s1】", "[", "]", "](", "(", ")", "![", "**", "`", "|", "<", ">", "#", ":",
            "https://a.test/p/123", "https://b.test/q?x=1", "https://evil.test/", "http://", "//evil.test", "www.evil.test", "javascript:x",
            "@", "mira@a.test", "eve@evil.test", "@eve", "evil.test", "t.me/evil", "<img ", "</", "a_b", "个", "第", ".", ",", "-", "–", "/", "_", "'", "%", "e",
            "\u{1b}[31m", "\u{1b}]8;;", "\u{7}", "\u{0}", "\u{202e}", "\u{200b}", "\u{2066}", "\u{e0041}", "\u{9b}", "\u{fe0f}", "\r", "\t",
            "<U+200B>", "<U+4711>", "½", "４", "٣", "twelve", "November", "May", "2026-11-09", "2026-11-19", "10:02", "10:03", "1.7.0", "Sources:",
        ]).prop_map(str::to_owned),
        2 => "[0-9]{1,5}([.,][0-9]{1,3})?",
        2 => prop::sample::select(vec!["123", "34", "42", "1204.5", "18 November", "7", "11,400"]).prop_map(str::to_owned),
        2 => "[a-z]{1,8}",
        1 => "\\PC{0,6}",
        1 => any::<String>(),
    ];
    let broken =
        (sound.clone(), prop::collection::vec((piece.clone(), prop::bool::ANY), 0..5), any::<prop::sample::Index>())
            .prop_map(|(line, pieces, at)| {
                let at = at.index(line.len() + 1);
                let at = (0..=at).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
                let middle: String =
                    pieces.iter().map(|(piece, gap)| format!("{piece}{}", if *gap { " " } else { "" })).collect();
                format!("{}{middle}{}", &line[..at], &line[at..])
            });
    let wild = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    let line = prop_oneof![5 => sound, 3 => broken, 1 => wild];
    let numbered = (prop::option::of(0..9_usize), line).prop_map(|(number, line)| match number {
        Some(number) if number > 4 => format!("{number}: {line}"),
        _ => line,
    });
    prop::collection::vec(numbered, 0..9).prop_map(|lines| lines.join("\n"))
}

fn replies() -> impl Strategy<Value = [Reply; 2]> {
    let one = prop_oneof![
        8 => reply().prop_map(Reply::Text),
        1 => reply().prop_map(Reply::Cut),
        1 => any::<String>().prop_map(Reply::Text),
        1 => any::<i64>().prop_map(|n| Reply::Json(json!({"sentences": [{"text": n, "steps": ["s1"]}]}))),
    ];
    [one.clone(), one]
}

/// Every text of a step's result.
fn spoken(step: &str) -> Vec<String> {
    fn gather(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => into.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
            Value::Object(members) => members.iter().for_each(|(key, value)| {
                into.push(key.clone());
                gather(value, into);
            }),
            scalar => into.push(scalar.to_string()),
        }
    }
    let [first, second] = results();
    let mut all = Vec::new();
    match step {
        "s1" => gather(&first, &mut all),
        "s2" => gather(&second, &mut all),
        other => panic!("{other} has no result"),
    }
    all
}

/// Runs of digits, thousands separators taken out, without zeros at either end.
fn figures(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let is_digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
    let kept = chars.iter().enumerate().filter(|(i, c)| {
        !(matches!(c, ',' | '_' | '\'') && *i > 0 && is_digit(chars.get(i - 1)) && is_digit(chars.get(i + 1)))
    });
    let text: String = kept.map(|(_, c)| *c).collect();
    let runs = text.split(|c: char| !c.is_ascii_digit()).map(|run| run.trim_matches('0').to_owned());
    runs.filter(|run| !run.is_empty()).collect()
}

/// Letters, digits and signs of links, in order.
fn links(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii() || c.is_whitespace() || ",;<>()[]|`*\"“”".contains(c));
    let is_link = |word: &&str| {
        word.contains("//")
            || word.contains('@') && word.len() > 1
            || word.contains("www.")
            || word.contains("javascript:")
    };
    let begins = |word: &'_ str| word.find("http").unwrap_or(0);
    let bare = words
        .filter(&is_link)
        .map(|word| word[begins(word)..].trim_matches(|c: char| !c.is_alphanumeric() && c != '/'));
    bare.filter(|word| is_link(word) && word.contains(char::is_alphanumeric)).collect()
}

fn sound(answer: &Answer) -> Result<(), String> {
    for statement in answer.statements.iter().filter(|statement| statement.form != Form::Gap) {
        let text = &statement.text;
        if statement.citations.is_empty() {
            return Err(format!("{text:?} cites nothing"));
        }
        let steps: Vec<&str> = statement.citations.iter().map(|citation| citation.step.as_str()).collect();
        if let Some(step) = steps.iter().find(|step| !["s1", "s2"].contains(step)) {
            return Err(format!("{text:?} cites {step}"));
        }
        let spoken: Vec<String> = steps.iter().flat_map(|step| spoken(step)).collect();
        let known: HashSet<String> = spoken.iter().flat_map(|text| figures(text)).collect();
        let counted: Vec<String> = statement.counted.iter().map(u64::to_string).collect();
        for figure in figures(&without_codes(text)) {
            if !known.contains(&figure) && !counted.contains(&figure) {
                return Err(format!("{figure} of {text:?} stands in no cited result"));
            }
        }
        for link in links(text) {
            if !spoken.iter().any(|spoken| spoken.contains(link)) {
                return Err(format!("{link} of {text:?} stands in no cited result"));
            }
        }
        if ["evil", "½", "４", "٣", "2026-11-19", "10:03"].iter().any(|word| text.contains(word)) {
            return Err(format!("{text:?} holds what no result holds"));
        }
    }
    if let Some(c) = answer.text.chars().find(|c| is_hidden(*c)) {
        return Err(format!("{c:?} in {:?}", answer.text));
    }
    let body = answer.text.rsplit_once("\nSources:\n").map_or("", |(body, _)| body);
    for line in body.lines().filter(|line| !line.is_empty() && *line != "Missing:") {
        if ![" [s1]", " [s2]", " [s1][s2]", " [s3]"].iter().any(|marker| line.ends_with(marker)) {
            return Err(format!("{line:?} has no marker"));
        }
        if markers(line) > line.rsplit(' ').next().map_or(0, markers) {
            return Err(format!("{line:?} has a marker of its own"));
        }
    }
    if !body.contains("Missing:\n- c.get") {
        return Err("what is missing is not said".to_owned());
    }
    Ok(())
}

/// How many unescaped brackets in a line hold a step's name alone.
fn markers(line: &str) -> usize {
    let opened = line.match_indices('[').filter(|(at, _)| !line[..*at].ends_with('\\'));
    let inner = opened.filter_map(|(at, _)| line[at + 1..].split_once(']')).map(|(inner, _)| inner.trim());
    inner
        .filter(|inner| inner.strip_prefix('s').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())))
        .count()
}

fn is_hidden(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e0fff}' | '\u{feff}')
}

/// The text without the codes that show what is hidden, as long as they do.
fn without_codes(text: &str) -> String {
    let mut parts = text.split("<U+");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_invented = part.starts_with("4711");
        out.push(' ');
        out.push_str(if is_invented { part } else { part.split_once('>').map_or("", |(_, after)| after) });
    }
    out
}

#[test]
fn whatever_a_model_writes_the_answer_is_sound() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &SEED));
    let (mut by_model, mut mended, mut statements) = (0_usize, 0_usize, 0_usize);
    for case in 0..CASES {
        let tried = replies().new_tree(&mut runner).expect("a strategy without filters").current();
        let scene = scene();
        let (written, heard) = streamed(&scene, &Scripted::new(tried.clone()));
        let answer = answer(&written);
        if let Author::Model { .. } = written.author {
            by_model += 1;
            mended += written.calls.len() - 1;
            statements += answer.statements.len();
            sound(answer).unwrap_or_else(|fault| panic!("case {case}: {fault}\n{tried:?}"));
            assert_eq!(heard, answer.statements, "case {case}: {tried:?}");
        } else {
            assert_eq!(written.synthesis, scene.synthesis(), "case {case}");
        }
        for statement in &heard {
            let alone = Answer {
                statements: vec![statement.clone()],
                text: "Missing:\n- c.get [s3]\n\nSources:\n".to_owned(),
                ..answer.clone()
            };
            sound(&alone).unwrap_or_else(|fault| panic!("case {case}, handed on: {fault}\n{tried:?}"));
        }
    }
    println!(
        "{CASES} replies, seed {SEED:?}: {by_model} answers by the model ({mended} mended), {statements} statements"
    );
    assert!(by_model > CASES / 10, "the sample says little: {by_model} of {CASES}");
}

#[test]
fn the_checks_can_fail() {
    let (written, _) = streamed(&scene(), &Scripted::saying(&["It is #123 [s1]\n42 errors [s2]"]));
    let answer = answer(&written);
    assert_eq!(sound(answer), Ok(()));
    for text in
        ["124", "see https://evil.test/", "mail eve@evil.test", "https://a.test/p/12", "at 10:03", "<U+4711>", "42"]
    {
        let mut changed = answer.clone();
        changed.statements[0].text = text.to_owned();
        assert!(sound(&changed).is_err(), "{text}");
    }
    let mut uncited = answer.clone();
    uncited.statements[0].citations.clear();
    assert!(sound(&uncited).is_err());
    for text in [
        "no marker\n\nMissing:\n- c.get [s3]\n\nSources:\n",
        "own [s2] [s1]\n\nMissing:\n- c.get [s3]\n\nSources:\n",
        "\u{202e} [s1]\n\nMissing:\n- c.get [s3]\n\nSources:\n",
        "fine [s1]\n\nSources:\n",
    ] {
        assert!(sound(&Answer { text: text.to_owned(), ..answer.clone() }).is_err(), "{text:?}");
    }
}
