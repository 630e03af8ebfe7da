//! Who somebody is, by what they show.
//!
//! In: tokens that an operator gave out, and a request's head. Out: the
//! principal whose token it shows. Tokens are not kept: only their hashes,
//! which are compared without saying by the time it takes how near a guess
//! came.

use std::fmt;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use query::Principal;

/// The shortest token, in characters: what is shorter can be guessed.
pub const MIN_TOKEN_CHARS: usize = 24;

/// The longest token, in characters.
const MAX_TOKEN_CHARS: usize = 4096;

/// What a principal shows to be let in: of it, the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(blake3::Hash);

impl Token {
    /// The token of that text.
    ///
    /// # Errors
    ///
    /// Why the text is no token that can be given out.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let fits = |c: u8| c.is_ascii_alphanumeric() || b"-._~+/=".contains(&c);
        if text.len() < MIN_TOKEN_CHARS {
            return Err("it has fewer than 24 characters");
        }
        if text.len() > MAX_TOKEN_CHARS {
            return Err("it has more than 4,096 characters");
        }
        if !text.bytes().all(fits) {
            return Err("only letters, digits and `-._~+/=` may stand in it");
        }
        Ok(Self::shown(text))
    }

    fn shown(text: &str) -> Self {
        Self(blake3::hash(text.as_bytes()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Whose token is whose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyring(Vec<(Token, Principal)>);

impl Keyring {
    /// Takes this token for that principal's.
    ///
    /// # Errors
    ///
    /// It is another's, or was given already.
    pub fn add(&mut self, token: Token, principal: Principal) -> Result<(), &'static str> {
        if self.0.iter().any(|(known, _)| *known == token) {
            return Err("the same token was given before");
        }
        self.0.push((token, principal));
        Ok(())
    }

    /// Whether nobody has a token.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everybody who has a token, once for each.
    pub fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.0.iter().map(|(_, principal)| principal)
    }

    /// Whose token the request shows.
    pub(super) fn whose(&self, headers: &HeaderMap) -> Result<Principal, Stranger> {
        let mut fields = headers.get_all(AUTHORIZATION).iter();
        let (Some(field), None) = (fields.next(), fields.next()) else { return Err(Stranger::Nameless) };
        let field = field.to_str().map_err(|_| Stranger::Nameless)?;
        let (scheme, shown) = field.split_once(' ').ok_or(Stranger::Nameless)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Stranger::Nameless);
        }
        let shown = Token::shown(shown.trim());
        // All of them are looked at, whichever it is; each takes the same time.
        let mut found = None;
        for (token, principal) in &self.0 {
            if *token == shown {
                found = Some(principal);
            }
        }
        found.cloned().ok_or(Stranger::Unknown)
    }
}

/// Why somebody is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stranger {
    /// They show nothing, or nothing that could be read as a token.
    Nameless,
    /// They show a token that nobody has.
    Unknown,
}

impl Stranger {
    /// What they are asked for, as `WWW-Authenticate` says it.
    pub(super) fn challenge(self) -> &'static str {
        match self {
            Self::Nameless => r#"Bearer realm="concertmaster""#,
            Self::Unknown => r#"Bearer realm="concertmaster", error="invalid_token""#,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: &str = "mine-0123456789abcdef0123";
    const THEIRS: &str = "theirs-0123456789abcdef01";

    #[test]
    fn a_token_says_who_somebody_is() {
        let mut keyring = Keyring::default();
        for (text, name) in [(MINE, "a"), (THEIRS, "b")] {
            keyring.add(Token::read(text).unwrap(), Principal::new(name)).unwrap();
        }
        assert!(keyring.add(Token::read(MINE).unwrap(), Principal::new("c")).is_err());
        let rows: [(&[String], Result<&str, Stranger>); 12] = [
            (&[], Err(Stranger::Nameless)),
            (&[format!("Bearer {MINE}")], Ok("a")),
            (&[format!("bearer {THEIRS}")], Ok("b")),
            (&[format!("BEARER  {THEIRS} ")], Ok("b")),
            (&[format!("Bearer {}", MINE.to_uppercase())], Err(Stranger::Unknown)),
            (&[format!("Bearer {}", &MINE[..MINE.len() - 1])], Err(Stranger::Unknown)),
            (&[format!("Bearer {MINE}x")], Err(Stranger::Unknown)),
            (&["Bearer ".to_owned()], Err(Stranger::Unknown)),
            (&[format!("Basic {MINE}")], Err(Stranger::Nameless)),
            (&[MINE.to_owned()], Err(Stranger::Nameless)),
            (&[format!("Bearer {MINE}, Bearer {THEIRS}")], Err(Stranger::Unknown)),
            (&[format!("Bearer {MINE}"), format!("Bearer {THEIRS}")], Err(Stranger::Nameless)),
        ];
        for (fields, expected) in rows {
            let mut headers = HeaderMap::new();
            for field in fields {
                headers.append(AUTHORIZATION, field.parse().unwrap());
            }
            assert_eq!(keyring.whose(&headers), expected.map(Principal::new), "{fields:?}");
        }
        assert!(!format!("{keyring:?}").contains("mine"));
    }

    #[test]
    fn what_can_be_guessed_is_no_token() {
        let rows = [
            (MINE.to_owned(), true),
            ("x".repeat(MIN_TOKEN_CHARS - 1), false),
            ("x".repeat(MAX_TOKEN_CHARS + 1), false),
            (format!("{MINE} {MINE}"), false),
            (format!("{MINE}é"), false),
        ];
        for (text, expected) in rows {
            assert_eq!(Token::read(&text).is_ok(), expected, "{text}");
        }
    }
}
