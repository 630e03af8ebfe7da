//! A vector for each word piece.

use super::vector::{DIMENSIONS, Vector};

/// The trained table that the program ships; its card is
/// `tools/train-router/CARD.md`.
static SHIPPED: &[u8] = include_bytes!("../../model/tokens.table");

/// What a table's file begins with.
const MARK: &[u8; 4] = b"CMT1";

/// Bytes before the rows' scales: the mark, the number of rows, and their
/// length, each of four bytes, little end first.
const HEADER_BYTES: usize = 12;

/// Why bytes are not a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadTable;

/// One row for each piece: eight-bit numbers and what they are to be
/// multiplied by.
#[derive(Debug)]
pub(crate) struct Table {
    scales: Vec<f32>,
    rows: Vec<[i8; DIMENSIONS]>,
}

impl Table {
    /// The one the program ships. An unreadable one would be a table without
    /// rows; a test holds that it is not.
    pub(crate) fn shipped() -> Self {
        Self::read(SHIPPED).unwrap_or(Self { scales: Vec::new(), rows: Vec::new() })
    }

    /// Reads a table's file.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BadTable> {
        let (header, rest) = bytes.split_at_checked(HEADER_BYTES).ok_or(BadTable)?;
        let number =
            |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]) as usize;
        if !header.starts_with(MARK) || number(8) != DIMENSIONS {
            return Err(BadTable);
        }
        let count = number(4);
        let (scales, rows) = rest.split_at_checked(count.saturating_mul(2)).ok_or(BadTable)?;
        let (rows, odd) = rows.as_chunks::<DIMENSIONS>();
        if rows.len() != count || !odd.is_empty() {
            return Err(BadTable);
        }
        let scales = scales.as_chunks::<2>().0.iter().map(|bytes| half(u16::from_le_bytes(*bytes))).collect();
        let rows = rows.iter().map(|row| row.map(|byte| byte as i8)).collect();
        Ok(Self { scales, rows })
    }

    /// The direction of weighted pieces, each counted once at its greatest
    /// weight, so that saying a word twice says no more.
    pub(crate) fn mean(&self, pieces: impl IntoIterator<Item = (u32, f32)>) -> Vector {
        Vector::of(&self.sum(pieces))
    }

    /// The same before it is made a unit vector. Its length says how much the
    /// pieces tell: the training gave short vectors to those that tell little.
    pub(crate) fn sum(&self, pieces: impl IntoIterator<Item = (u32, f32)>) -> [f32; DIMENSIONS] {
        let mut weighted: Vec<(u32, f32)> = pieces.into_iter().collect();
        weighted.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        weighted.dedup_by_key(|(piece, _)| *piece);
        let mut sum = [0.0; DIMENSIONS];
        for (piece, weight) in weighted {
            let Some(row) = self.rows.get(piece as usize) else { continue };
            let factor = weight * self.scales[piece as usize];
            for (total, &own) in sum.iter_mut().zip(row) {
                *total += factor * f32::from(own);
            }
        }
        sum
    }
}

/// A 16-bit floating-point number (IEEE 754 binary16), finite.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f32::from(bits & 0x3ff) / 1024.0;
    let magnitude =
        if exponent == 0 { fraction * 2_f32.powi(-14) } else { (1.0 + fraction) * 2_f32.powi(exponent - 15) };
    sign * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dense::{pieces, similarity};

    fn direction(table: &Table, text: &str) -> Vector {
        table.mean(pieces(text, 64).into_iter().map(|piece| (piece, 1.0)))
    }

    #[test]
    fn the_shipped_table_knows_what_is_alike() {
        let table = Table::shipped();
        let near = similarity(&direction(&table, "email"), &direction(&table, "mail message"));
        let far = similarity(&direction(&table, "email"), &direction(&table, "weather forecast"));
        assert!(near > far + 0.2, "{near} {far}");
        assert_eq!(direction(&table, "email"), direction(&table, "email email email"));
    }

    #[test]
    fn what_is_not_a_table_is_refused() {
        for bytes in [&b""[..], b"CMT1", b"XXXXXXXXXXXXXXXX", b"CMT1\x05\0\0\0\x80\0\0\0"] {
            assert_eq!(Table::read(bytes).err(), Some(BadTable));
        }
    }
}
