//! A direction: what a text is about.

/// The length of a vector, in numbers.
pub(crate) const DIMENSIONS: usize = 128;

/// What a component of 1 is stored as. The product of two unit vectors then
/// stays below 2²⁸.
const ONE: f32 = 16384.0;

/// A unit vector in fixed point, or zero for a text without a known word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vector(pub(crate) [i16; DIMENSIONS]);

impl Vector {
    /// The direction of no text.
    pub(crate) const ZERO: Self = Self([0; DIMENSIONS]);

    /// The direction of a sum.
    pub(crate) fn of(sum: &[f32; DIMENSIONS]) -> Self {
        let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length <= f32::EPSILON {
            return Self::ZERO;
        }
        let mut own = Self::ZERO;
        for (stored, x) in own.0.iter_mut().zip(sum) {
            *stored = (x / length * ONE).round() as i16;
        }
        own
    }
}

/// The cosine of two vectors, −1 to 1; 0 where one of them is zero.
pub(crate) fn similarity(a: &Vector, b: &Vector) -> f32 {
    dot(&a.0, &b.0) as f32 / (ONE * ONE)
}

/// The cosine of one vector with each of many.
pub(crate) fn similarities(one: &Vector, many: &[Vector]) -> Vec<f32> {
    many.iter().map(|other| similarity(one, other)).collect()
}

/// Eight sums side by side, so that the compiler uses the widening
/// multiply-and-add that every 64-bit processor has.
fn dot(a: &[i16; DIMENSIONS], b: &[i16; DIMENSIONS]) -> i32 {
    let mut sums = [0_i32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for (sum, (&x, &y)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += i32::from(x) * i32::from(y);
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_like_itself() {
        let mut sum = [0.0; DIMENSIONS];
        for (i, x) in sum.iter_mut().enumerate() {
            *x = (i as f32).sin();
        }
        let own = Vector::of(&sum);
        let opposite = Vector::of(&sum.map(|x| -x));
        assert!((similarity(&own, &own) - 1.0).abs() < 1e-3);
        assert!((similarity(&own, &opposite) + 1.0).abs() < 1e-3);
        assert_eq!(Vector::of(&[0.0; DIMENSIONS]), Vector::ZERO);
        assert_eq!(similarities(&Vector::ZERO, &[own]), [0.0]);
    }
}
