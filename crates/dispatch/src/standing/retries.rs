//! How many calls may be made again, in proportion to those made.

/// What every first call adds: one repeat in five calls, in the long run.
const SHARE: f64 = 0.2;

/// Repeats that may be made before there were calls to earn them.
const RESERVE: f64 = 2.0;

/// Repeats that can be saved up.
const MOST_SAVED: f64 = 10.0;

/// One server's repeats. When it fails everything, repeats add a fifth to the
/// load it is under, and no more.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    saved: f64,
}

impl Retries {
    /// The reserve, and nothing earned.
    pub fn new() -> Self {
        Self { saved: RESERVE }
    }

    /// A first call is made.
    pub fn earn(&mut self) {
        self.saved = (self.saved + SHARE).min(MOST_SAVED);
    }

    /// Takes one repeat; `false` when there is none.
    pub fn take(&mut self) -> bool {
        let enough = self.saved >= 1.0;
        if enough {
            self.saved -= 1.0;
        }
        enough
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self::new()
    }
}
