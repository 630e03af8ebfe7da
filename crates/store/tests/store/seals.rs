//! What was sealed opens for whom and what it was sealed for, and nothing
//! else does.

use std::time::Duration;

use concertmaster_store::{KeyFault, Sealer, SealingKey, Unsealed};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use query::Principal;

use crate::fixture::NOON;

/// Attempts in all.
const ATTEMPTS: usize = 100_000;

fn sealer() -> Sealer {
    Sealer::new(SealingKey::random().unwrap())
}

#[test]
fn of_a_hundred_thousand_forgeries_none_opens() {
    let sealer = sealer();
    let (ann, bob) = (Principal::new("ann"), Principal::new("bob"));
    let soon = NOON.after(Duration::from_secs(60));
    let seal = |purpose: &str, who: &Principal, when| sealer.seal(purpose, who, when, b"{\"calls\":[1,2,3]}").unwrap();
    let good = [seal("suspension", &ann, soon), seal("suspension", &ann, soon)];
    let other = [
        seal("suspension", &bob, soon),
        seal("cursor", &ann, soon),
        seal("suspension", &ann, NOON),
        Sealer::new(SealingKey::random().unwrap()).seal("suspension", &ann, soon, b"{}").unwrap(),
    ];
    let opens = |text: &str| sealer.open("suspension", &ann, text, NOON).is_ok();
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut accepted = 0;
    for attempt in 0..ATTEMPTS {
        let text = match attempt % 5 {
            // Sealed for somebody or something else, or too late.
            0 => other[attempt / 5 % other.len()].clone(),
            1 => altered(&good[0], &mut rng),
            2 => spliced(&good[0], &good[1], &mut rng),
            3 => spliced(&good[0], &other[attempt / 5 % other.len()], &mut rng),
            _ => cut(&good[0], &mut rng),
        };
        accepted += usize::from(!good.contains(&text) && opens(&text));
    }
    assert_eq!(accepted, 0);
    // What was sealed for it does open, as often as one likes: that it is
    // used once is the store's part.
    assert!(good.iter().all(|text| opens(text)));
    assert_eq!(sealer.open("suspension", &bob, &other[0], NOON).unwrap(), b"{\"calls\":[1,2,3]}");
    assert_eq!(sealer.open("cursor", &ann, &other[1], NOON).unwrap(), b"{\"calls\":[1,2,3]}");
}

#[test]
fn the_same_state_is_never_sealed_alike() {
    let sealer = sealer();
    let ann = Principal::new("ann");
    let texts: std::collections::BTreeSet<String> =
        (0..1_000).map(|_| sealer.seal("suspension", &ann, NOON, b"state").unwrap()).collect();
    assert_eq!(texts.len(), 1_000);
    assert!(texts.iter().all(|text| !text.contains("state")));
}

#[test]
fn a_text_expires_and_a_key_is_replaced() {
    let (old, new) = (SealingKey::random().unwrap(), SealingKey::random().unwrap());
    let ann = Principal::new("ann");
    let text = Sealer::new(old.clone()).seal("suspension", &ann, NOON.after(Duration::from_millis(5)), b"x").unwrap();
    let open =
        |sealer: &Sealer, millis| sealer.open("suspension", &ann, &text, NOON.after(Duration::from_millis(millis)));
    let both = Sealer::new(new.clone()).also_opening(old);
    assert_eq!(open(&both, 4), Ok(b"x".to_vec()));
    assert_eq!(open(&both, 5), Err(Unsealed::Expired));
    assert_eq!(open(&Sealer::new(new), 4), Err(Unsealed::Foreign));
}

#[test]
fn a_key_is_made_once_for_its_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seal.key");
    let keys: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| SealingKey::in_file(&path).unwrap().text())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "whoever comes first, all have one key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing else is left");
    std::fs::write(&path, "too short").unwrap();
    assert!(matches!(SealingKey::in_file(&path), Err(KeyFault::Malformed)));
}

/// A number below that one.
fn below(limit: usize, rng: &mut TestRng) -> usize {
    usize::try_from(rng.next_u32()).unwrap() % limit
}

/// One character is another.
fn altered(text: &str, rng: &mut TestRng) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    let mut bytes = text.as_bytes().to_vec();
    let at = below(bytes.len(), rng);
    bytes[at] = LETTERS[below(LETTERS.len(), rng)];
    String::from_utf8(bytes).unwrap()
}

/// The beginning of one and the end of the other.
fn spliced(one: &str, other: &str, rng: &mut TestRng) -> String {
    let at = 1 + below(one.len().min(other.len()) - 2, rng);
    format!("{}{}", &one[..at], &other[at..])
}

/// Less than the whole.
fn cut(text: &str, rng: &mut TestRng) -> String {
    text[..below(text.len(), rng)].to_owned()
}
