//! State that a caller carries, and can neither read nor change.
//!
//! A sealed text is encrypted and authenticated (ChaCha20-Poly1305) under a
//! key drawn from the operator's key and 24 random bytes, one for each text.
//! It opens for the purpose and the principal it was sealed for, until it
//! expires, and for nobody else. That it is used once is the store's part.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use query::Principal;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use crate::Wall;

/// The largest state that is sealed, in bytes: 1 MiB.
pub const MAX_SEALED_BYTES: usize = 1024 * 1024;

/// What every sealed text begins with; the digit is the version.
const PREFIX: &str = "cm1.";

/// Random bytes of each text, in bytes.
const SALT: usize = 24;

/// The expiry before the cipher text, in bytes.
const EXPIRY: usize = 8;

/// What authenticates a text, in bytes.
const TAG: usize = 16;

/// The longest sealed text that is read, in characters.
const MAX_TEXT: usize = PREFIX.len() + (EXPIRY + SALT + MAX_SEALED_BYTES + TAG).div_ceil(3) * 4;

/// A key, in bytes.
const KEY: usize = 32;

/// Sets these keys apart from any others drawn from the same bytes.
const CONTEXT: &str = "concertmaster 2026-11 sealed state v1";

/// An operator's key. Replicas with the same key open each other's texts.
#[derive(Clone)]
pub struct SealingKey([u8; KEY]);

/// Seals and opens states.
#[derive(Clone)]
pub struct Sealer {
    seals: SealingKey,
    opens: Vec<SealingKey>,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The text is no key.
    #[error("a sealing key is 32 random bytes, written as 43 characters of base64url")]
    Malformed,
    /// The key's file cannot be read or made.
    #[error("the sealing key cannot be kept in {path}: {why}")]
    Unkept {
        /// The file.
        path: String,
        /// Why.
        why: io::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoChance,
}

/// Why a state was not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// It is larger than is sealed.
    #[error("the state is larger than {} KiB", MAX_SEALED_BYTES / 1024)]
    TooLarge,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoChance,
}

/// Why a text was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    /// It was not sealed here for this purpose and this principal, or not as
    /// it stands; which of these is not told.
    #[error("this is no state of yours that can be resumed")]
    Foreign,
    /// It was, and its time has passed.
    #[error("the state has expired")]
    Expired,
}

impl SealingKey {
    /// A new key.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, KeyFault> {
        let mut key = [0; KEY];
        SystemRandom::new().fill(&mut key).map_err(|_| KeyFault::NoChance)?;
        Ok(Self(key))
    }

    /// The key in an operator's text: base64url, as [`SealingKey::text`]
    /// writes it.
    ///
    /// # Errors
    ///
    /// When it is no key.
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).map_err(|_| KeyFault::Malformed)?;
        bytes.try_into().map(Self).map_err(|_| KeyFault::Malformed)
    }

    /// The key as a text. It is a secret.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The key in that file, which is made, readable by its owner alone, when
    /// it is not there.
    ///
    /// # Errors
    ///
    /// When it cannot be read or made.
    pub fn in_file(path: &Path) -> Result<Self, KeyFault> {
        let unkept = |why| KeyFault::Unkept { path: path.display().to_string(), why };
        match read(path) {
            Ok(text) => return Self::read(&text),
            Err(absent) if absent.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(unkept(why)),
        }
        let key = Self::random()?;
        match create(path, key.text().as_bytes()) {
            Ok(()) => Ok(key),
            // Somebody else was faster; theirs is the key.
            Err(there) if there.kind() == io::ErrorKind::AlreadyExists => Self::read(&read(path).map_err(unkept)?),
            Err(why) => Err(unkept(why)),
        }
    }

    /// The key and the nonce of one text.
    fn of_text(&self, salt: &[u8; SALT]) -> (LessSafeKey, Nonce) {
        let mut drawn = [0; KEY + ring::aead::NONCE_LEN];
        blake3::Hasher::new_derive_key(CONTEXT).update(&self.0).update(salt).finalize_xof().fill(&mut drawn);
        let (key, nonce) = drawn.split_at(KEY);
        let unbound = UnboundKey::new(&CHACHA20_POLY1305, key).expect("the cipher's keys have 32 bytes");
        let nonce = Nonce::try_assume_unique_for_key(nonce).expect("the cipher's nonces have 12 bytes");
        (LessSafeKey::new(unbound), nonce)
    }
}

impl Sealer {
    /// Seals and opens with this key.
    pub fn new(key: SealingKey) -> Self {
        Self { opens: vec![key.clone()], seals: key }
    }

    /// Opens with this key too: the one before, while its texts expire.
    #[must_use]
    pub fn also_opening(mut self, key: SealingKey) -> Self {
        self.opens.push(key);
        self
    }

    /// Seals a state for one purpose, one principal and a time.
    ///
    /// # Errors
    ///
    /// When it is too large, or the system gives no random bytes.
    pub fn seal(&self, purpose: &str, principal: &Principal, expires: Wall, state: &[u8]) -> Result<String, SealFault> {
        if state.len() > MAX_SEALED_BYTES {
            return Err(SealFault::TooLarge);
        }
        let mut salt = [0; SALT];
        SystemRandom::new().fill(&mut salt).map_err(|_| SealFault::NoChance)?;
        let (key, nonce) = self.seals.of_text(&salt);
        let mut sealed = state.to_vec();
        let bound = Aad::from(bound(purpose, principal, expires));
        key.seal_in_place_append_tag(nonce, bound, &mut sealed).map_err(|_| SealFault::TooLarge)?;
        let mut whole = Vec::with_capacity(EXPIRY + SALT + sealed.len());
        whole.extend_from_slice(&expires.millis().to_be_bytes());
        whole.extend_from_slice(&salt);
        whole.append(&mut sealed);
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(whole)))
    }

    /// Opens a text that was sealed for this purpose and this principal, and
    /// has not expired.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn open(&self, purpose: &str, principal: &Principal, text: &str, now: Wall) -> Result<Vec<u8>, Unsealed> {
        if text.len() > MAX_TEXT {
            return Err(Unsealed::Foreign);
        }
        let text = text.strip_prefix(PREFIX).ok_or(Unsealed::Foreign)?;
        let whole = URL_SAFE_NO_PAD.decode(text).map_err(|_| Unsealed::Foreign)?;
        let (expires, rest) = whole.split_first_chunk::<EXPIRY>().ok_or(Unsealed::Foreign)?;
        let (salt, sealed) = rest.split_first_chunk::<SALT>().ok_or(Unsealed::Foreign)?;
        let expires = Wall::from_millis(u64::from_be_bytes(*expires));
        let bound = bound(purpose, principal, expires);
        let state = self.opens.iter().find_map(|key| {
            let (key, nonce) = key.of_text(salt);
            let mut sealed = sealed.to_vec();
            let length = key.open_in_place(nonce, Aad::from(&bound), &mut sealed).ok()?.len();
            sealed.truncate(length);
            Some(sealed)
        });
        let state = state.ok_or(Unsealed::Foreign)?;
        if now >= expires { Err(Unsealed::Expired) } else { Ok(state) }
    }
}

/// What a text is bound to beside its key, each part with its length before
/// it.
fn bound(purpose: &str, principal: &Principal, expires: Wall) -> Vec<u8> {
    let mut bound = Vec::new();
    for part in [purpose, principal.as_str()] {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part.as_bytes());
    }
    bound.extend_from_slice(&expires.millis().to_be_bytes());
    bound
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    // A key is 43 characters; whatever is longer is none.
    File::open(path)?.take(1024).read_to_string(&mut text)?;
    Ok(text)
}

/// Makes the file whole or not at all: written beside, then linked, so that
/// nobody reads half a key and nobody's key is replaced.
fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension(format!("new-{}", crate::name::random()));
    let made = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::hard_link(&beside, path)
    })();
    let _ = fs::remove_file(&beside);
    made
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey")
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}
