//! Records as bytes: a length, a checksum and JSON.

use super::record::Record;

/// The length and the checksum before a record, in bytes.
const HEAD: usize = 4 + CHECKSUM;

/// A checksum, in bytes.
const CHECKSUM: usize = 8;

/// The longest record, in bytes: 4 MiB. A longer length is damage.
const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;

/// What bytes hold.
pub(super) struct Scan {
    /// The whole records, in order.
    pub(super) records: Vec<Record>,
    /// How many bytes they have. What follows is no whole record.
    pub(super) whole: usize,
}

/// A record that cannot be written or understood.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameFault {
    /// It is longer than is written.
    #[error("a record is longer than {} KiB", MAX_RECORD_BYTES / 1024)]
    TooLong,
    /// It is undamaged and means nothing here.
    #[error("the state has a record that this version does not know: {0}")]
    Unknown(serde_json::Error),
}

/// Appends a record.
pub(super) fn append(record: &Record, bytes: &mut Vec<u8>) -> Result<(), FrameFault> {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; HEAD]);
    serde_json::to_writer(&mut *bytes, record).map_err(FrameFault::Unknown)?;
    let length = bytes.len() - start - HEAD;
    if length > MAX_RECORD_BYTES {
        bytes.truncate(start);
        return Err(FrameFault::TooLong);
    }
    // At most 4 MiB, as has just been seen.
    let length = u32::try_from(length).map_err(|_| FrameFault::TooLong)?.to_le_bytes();
    let sum = checksum(length, &bytes[start + HEAD..]);
    bytes[start..start + length.len()].copy_from_slice(&length);
    bytes[start + length.len()..start + HEAD].copy_from_slice(&sum);
    Ok(())
}

/// Reads records up to the first that is not whole.
pub(super) fn scan(bytes: &[u8]) -> Result<Scan, FrameFault> {
    let mut records = Vec::new();
    let mut whole = 0;
    while let Some((record, after)) = first(&bytes[whole..])? {
        records.push(record);
        whole += after;
    }
    Ok(Scan { records, whole })
}

/// The first record and how many bytes it has; nothing if it is not whole.
fn first(bytes: &[u8]) -> Result<Option<(Record, usize)>, FrameFault> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let Some((sum, rest)) = rest.split_first_chunk::<CHECKSUM>() else { return Ok(None) };
    let size = u32::from_le_bytes(*length) as usize;
    let Some(payload) = rest.get(..size).filter(|_| size <= MAX_RECORD_BYTES) else { return Ok(None) };
    if checksum(*length, payload) != *sum {
        return Ok(None);
    }
    let record = serde_json::from_slice(payload).map_err(FrameFault::Unknown)?;
    Ok(Some((record, HEAD + size)))
}

fn checksum(length: [u8; 4], payload: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = [0; CHECKSUM];
    blake3::Hasher::new().update(&length).update(payload).finalize_xof().fill(&mut sum);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, Wall};

    fn claim(name: &str) -> Record {
        Record::Claim { key: Key::of([name]), expires: Wall::from_millis(7) }
    }

    #[test]
    fn records_end_where_the_first_damage_is() {
        let mut bytes = Vec::new();
        append(&claim("a"), &mut bytes).unwrap();
        let first = bytes.len();
        append(&claim("b"), &mut bytes).unwrap();
        for cut in 0..=bytes.len() {
            let scan = scan(&bytes[..cut]).unwrap();
            let expected = usize::from(cut >= first) + usize::from(cut == bytes.len());
            assert_eq!(scan.records.len(), expected, "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            let scan = scan(&damaged).unwrap();
            assert_eq!(scan.records.len(), usize::from(at >= first), "damaged at {at}");
        }
    }

    #[test]
    fn an_undamaged_record_that_means_nothing_is_a_fault() {
        let payload = br#"{"record":"novel"}"#;
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        let bytes = [&length[..], &checksum(length, payload), payload].concat();
        assert!(matches!(scan(&bytes), Err(FrameFault::Unknown(_))));
    }
}
