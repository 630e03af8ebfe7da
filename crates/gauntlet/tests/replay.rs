//! Every seed, every past crash, and every seed with a piece cut out, through
//! every target: what a fuzzer does, as far as an ordinary test run goes.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its seeds has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use concertmaster_gauntlet::{TARGETS, Target};

/// The largest seed, in bytes: a corpus is read by people.
const MAX_SEED_BYTES: usize = 16 * 1024;

/// The most seeds of one target that are replayed.
const MAX_SEEDS: usize = 400;

/// How many pieces each seed is cut into.
const CUTS: usize = 12;

fn directory(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(kind).join(target)
}

fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() <= MAX_SEEDS, "{} holds more than {MAX_SEEDS} files", directory.display());
    paths.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// The seed itself, its beginnings, and what is left when a piece is gone.
fn variants(seed: &[u8]) -> Vec<Vec<u8>> {
    let cuts: Vec<usize> = (0..=CUTS).map(|cut| seed.len() * cut / CUTS).collect();
    let beginnings = cuts.iter().map(|&end| seed[..end].to_vec());
    let without = cuts.windows(2).map(|cut| [&seed[..cut[0]], &seed[cut[1]..]].concat());
    beginnings.chain(without).collect()
}

fn replay(target: &Target) {
    let seeds = files(&directory("seeds", target.name));
    assert!(!seeds.is_empty(), "`{}` has no seeds", target.name);
    for (path, seed) in seeds.into_iter().chain(files(&directory("crashes", target.name))) {
        assert!(seed.len() <= MAX_SEED_BYTES, "{} is too long", path.display());
        for variant in variants(&seed) {
            let outcome = std::panic::catch_unwind(|| (target.run)(&variant));
            assert!(
                outcome.is_ok(),
                "`{}` breaks on {}: {:?}",
                target.name,
                path.display(),
                String::from_utf8_lossy(&variant)
            );
        }
    }
}

#[test]
fn every_seed_and_every_past_crash_passes() {
    TARGETS.iter().for_each(replay);
}

#[test]
fn every_target_has_a_binary_and_every_binary_a_target() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    let mut binaries: Vec<String> =
        files(&sources).into_iter().map(|(path, _)| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    binaries.sort();
    let mut names: Vec<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    names.sort();
    assert_eq!(binaries, names);
}

/// The net has no hole: a promise that is broken is noticed.
#[test]
fn a_broken_promise_is_noticed() {
    let outcome = std::panic::catch_unwind(|| {
        replay(&Target { name: TARGETS[0].name, run: |bytes| assert!(bytes.len() < 100, "too long") });
    });
    assert!(outcome.is_err());
}
