//! What a client carries for us between two requests: sealed, so that it can
//! be neither read, nor changed, nor used for anything else, by anybody else,
//! or later.

use std::time::Duration;

use query::Principal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{Sealer, Wall};

use super::refusal::Refusal;

/// For how long a client may take to answer.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(10 * 60);

/// Keeps these states apart from everything else that is sealed.
const PURPOSE: &str = "request-state";

/// What a client carries.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct State {
    /// Which deed it is for.
    pub(crate) deed: String,
    /// Where it goes on.
    pub(crate) at: At,
}

/// Where a deed goes on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum At {
    /// At its server, which wants this back as it wrote it.
    Server(Box<RawValue>),
    /// Here, under this key.
    Parked(String),
}

impl State {
    /// Sealed for one principal, for [`ANSWER_WITHIN`].
    pub(crate) fn seal(&self, sealer: &Sealer, principal: &Principal) -> Result<String, Refusal> {
        let unsealed =
            || Refusal::new(super::refusal::INTERNAL_ERROR, "what the server wants kept is too long to keep");
        let bytes = serde_json::to_vec(self).map_err(|_| unsealed())?;
        sealer.seal(PURPOSE, principal, Wall::now().after(ANSWER_WITHIN), &bytes).map_err(|_| unsealed())
    }

    /// The state of this deed of this principal, if the text is one.
    pub(crate) fn open(text: &str, sealer: &Sealer, principal: &Principal, deed: &str) -> Result<At, Refusal> {
        // Forged, foreign, expired and misplaced states look alike.
        let foreign =
            || Refusal::params("`requestState` is not one that was given out for this request, or it expired");
        let bytes = sealer.open(PURPOSE, principal, text, Wall::now()).map_err(|_| foreign())?;
        let state: Self = serde_json::from_slice(&bytes).map_err(|_| foreign())?;
        if state.deed == deed { Ok(state.at) } else { Err(foreign()) }
    }
}

#[cfg(test)]
mod tests {
    use store::SealingKey;

    use super::*;

    #[test]
    fn a_state_is_good_for_one_deed_of_one_principal() {
        let sealer = Sealer::new(SealingKey::random().unwrap());
        let (mine, theirs) = (Principal::new("a"), Principal::new("b"));
        let raw = RawValue::from_string("\"s\\u0041\"".to_owned()).unwrap();
        let state = State { deed: "d1".into(), at: At::Server(raw) };
        let sealed = state.seal(&sealer, &mine).unwrap();
        let Ok(At::Server(state)) = State::open(&sealed, &sealer, &mine, "d1") else { panic!("it is ours") };
        assert_eq!(state.get(), "\"s\\u0041\"");
        assert!(State::open(&sealed, &sealer, &theirs, "d1").is_err());
        assert!(State::open(&sealed, &sealer, &mine, "d2").is_err());
        let other = Sealer::new(SealingKey::random().unwrap());
        assert!(State::open(&sealed, &other, &mine, "d1").is_err());
        assert!(State::open(&format!("{sealed}-TAMPERED"), &sealer, &mine, "d1").is_err());
        assert!(State::open("", &sealer, &mine, "d1").is_err());
        for place in 0..sealed.len() {
            let mut forged = sealed.clone().into_bytes();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(State::open(&forged, &sealer, &mine, "d1").is_err(), "changed at {place}");
        }
    }
}
