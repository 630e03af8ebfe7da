//! What a provider means by an HTTP status and the body that came with it.
//!
//! In come status, headers and the first bytes of a body; out goes the
//! trouble. All vendors at once: the members they use do not contradict each
//! other.

use std::time::Duration;

use model::Trouble;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

/// The longest excerpt of a provider's words, in characters.
const MAX_SAID_CHARS: usize = 300;

/// The longest wait that a provider's word is taken for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Codes by which providers say that money, not time, is short.
const OUT_OF_CREDIT: &[&str] =
    &["billing_error", "credit_balance_exhausted", "enforced_spend_limit_reached", "insufficient_quota"];

/// What went wrong, given a status that is no success.
pub(crate) fn trouble(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Trouble {
    let body: Value = serde_json::from_slice(body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(body)));
    of(status.as_u16(), &body, retry_after(headers))
}

/// The same for an error that a provider tells within a success.
pub(crate) fn within_success(error: &Value) -> Trouble {
    let told = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let status = told.unwrap_or_else(|| match error.get("type").and_then(Value::as_str) {
        Some("overloaded_error") => 529,
        Some("rate_limit_error") => 429,
        Some("invalid_request_error") => 400,
        Some("authentication_error") => 401,
        _ => 500,
    });
    of(status, &serde_json::json!({"error": error}), None)
}

fn of(status: u16, body: &Value, retry_after: Option<Duration>) -> Trouble {
    let error = body.get("error").unwrap_or(body);
    let said = said(error);
    if status == 402 || codes(error).any(|code| OUT_OF_CREDIT.contains(&code)) {
        return Trouble::OutOfCredit { said };
    }
    if codes(error).any(|code| code == "API_KEY_INVALID") {
        return Trouble::Unauthorised { said };
    }
    let retry_after = retry_after.or_else(|| retry_delay(error)).map(|wait| wait.min(MAX_RETRY_AFTER));
    match status {
        401 | 403 => Trouble::Unauthorised { said },
        404 => Trouble::NotFound { said },
        429 => Trouble::RateLimited { retry_after },
        500.. => Trouble::Overloaded { status, retry_after },
        300..=399 => Trouble::Rejected {
            status,
            said: "it redirects, which is not followed; set `base_url` to where it leads".to_owned(),
        },
        _ => Trouble::Rejected { status, said },
    }
}

/// The words for people in an error.
fn said(error: &Value) -> String {
    let words = error.get("message").and_then(Value::as_str).or_else(|| error.as_str()).unwrap_or_default();
    excerpt(words, MAX_SAID_CHARS)
}

/// A text in one line of no more than so many characters, none of them a
/// control character.
pub(crate) fn excerpt(text: &str, max_chars: usize) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Every code that an error names, wherever vendors put it.
fn codes(error: &Value) -> impl Iterator<Item = &str> {
    let own = ["code", "type", "status"].into_iter().filter_map(|member| error.get(member));
    let details = error.get("details");
    let anthropic = details.and_then(|details| details.get("error_code"));
    let gemini = details.and_then(Value::as_array).into_iter().flatten().filter_map(|detail| detail.get("reason"));
    own.chain(anthropic).chain(gemini).filter_map(Value::as_str)
}

/// Gemini's own way of asking to wait.
fn retry_delay(error: &Value) -> Option<Duration> {
    let details = error.get("details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay"))?.as_str()?;
    seconds(delay.strip_suffix('s')?)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let exact = text("retry-after-ms").and_then(seconds).map(|wait| wait / 1_000);
    exact.or_else(|| text(RETRY_AFTER.as_str()).and_then(seconds))
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendors_errors_are_understood() {
        let wait = |seconds| Some(Duration::from_secs_f64(seconds));
        let said = |text: &str| text.to_owned();
        let rows = [
            (
                401,
                "",
                r#"{"error":{"message":"Incorrect API key","type":"invalid_request_error"}}"#,
                Trouble::Unauthorised { said: said("Incorrect API key") },
            ),
            (
                400,
                "",
                r#"{"error":{"code":400,"message":"API key not valid","details":[{"reason":"API_KEY_INVALID"}]}}"#,
                Trouble::Unauthorised { said: said("API key not valid") },
            ),
            (429, "7", r#"{"error":{"message":"slow down"}}"#, Trouble::RateLimited { retry_after: wait(7.0) }),
            (
                429,
                "",
                r#"{"error":{"code":"insufficient_quota","message":"no money"}}"#,
                Trouble::OutOfCredit { said: said("no money") },
            ),
            (
                429,
                "",
                r#"{"error":{"type":"rate_limit_error","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
                Trouble::OutOfCredit { said: said("") },
            ),
            (402, "", "", Trouble::OutOfCredit { said: said("") }),
            (
                429,
                "",
                r#"{"error":{"status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"1.5s"}]}}"#,
                Trouble::RateLimited { retry_after: wait(1.5) },
            ),
            (429, "-1", "", Trouble::RateLimited { retry_after: None }),
            (429, "99999999", "", Trouble::RateLimited { retry_after: Some(MAX_RETRY_AFTER) }),
            (
                529,
                "",
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                Trouble::Overloaded { status: 529, retry_after: None },
            ),
            (503, "2.5", "<html>", Trouble::Overloaded { status: 503, retry_after: wait(2.5) }),
            (404, "", r#"{"error":"model 'x' not found"}"#, Trouble::NotFound { said: said("model 'x' not found") }),
            (400, "", "plain\n words\u{7}", Trouble::Rejected { status: 400, said: said("plain words") }),
            (
                302,
                "",
                "",
                Trouble::Rejected {
                    status: 302,
                    said: said("it redirects, which is not followed; set `base_url` to where it leads"),
                },
            ),
        ];
        for (status, after, body, expected) in rows {
            let mut headers = HeaderMap::new();
            if !after.is_empty() {
                headers.insert(RETRY_AFTER, after.parse().unwrap());
            }
            assert_eq!(trouble(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn long_words_are_cut_and_exact_waits_win() {
        let Trouble::Rejected { said, .. } = of(400, &Value::from("x".repeat(999)), None) else { panic!("rejected") };
        assert_eq!(said.chars().count(), 301);
        let mut headers = HeaderMap::new();
        headers.insert("retry-after-ms", "250".parse().unwrap());
        headers.insert(RETRY_AFTER, "1".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_millis(250)));
    }
}
