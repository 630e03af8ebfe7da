//! Which of a server's things are offered at all.

use crate::Glob;

/// What is taken in, and what of it is left out again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only what fits one of these; everything where nothing is said.
    pub include: Option<Vec<Glob>>,
    /// Nothing of what fits one of these.
    pub exclude: Vec<Glob>,
}

impl Selection {
    /// Whether the thing of that name is offered.
    pub fn takes(&self, name: &str) -> bool {
        let fits = |globs: &[Glob]| globs.iter().any(|glob| glob.fits(name));
        self.include.as_deref().is_none_or(fits) && !fits(&self.exclude)
    }

    /// Whether it takes everything, whatever it is called.
    pub fn takes_all(&self) -> bool {
        self.include.is_none() && self.exclude.is_empty()
    }

    /// Every pattern, with the key it stands under.
    pub fn globs(&self) -> impl Iterator<Item = (&'static str, &Glob)> {
        let include = self.include.iter().flatten().map(|glob| ("include", glob));
        include.chain(self.exclude.iter().map(|glob| ("exclude", glob)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_left_out_whatever_else_is_said() {
        let globs = |names: &str| names.split_whitespace().map(Glob::new).collect::<Vec<_>>();
        let rows = [
            (None, "", "a", true),
            (None, "a", "a", false),
            (None, "b*", "a", true),
            (Some("a*"), "", "ab", true),
            (Some("a*"), "", "b", false),
            (Some("a*"), "ab", "ab", false),
            (Some(""), "", "a", false),
        ];
        for (include, exclude, name, expected) in rows {
            let selection = Selection { include: include.map(globs), exclude: globs(exclude) };
            assert_eq!(selection.takes(name), expected, "{selection:?} {name}");
        }
    }
}
