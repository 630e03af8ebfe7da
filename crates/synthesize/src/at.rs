//! Where in a step's result a statement's words stand.

/// A JSON Pointer under construction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct At(String);

impl At {
    /// The whole result.
    pub(crate) fn whole() -> Self {
        Self::default()
    }

    /// The member of that name.
    pub(crate) fn key(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    /// The element at that place.
    pub(crate) fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer's text; `None` for the whole result.
    pub(crate) fn pointer(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.clone())
    }
}

/// The deepest pointer that both lie in; `None` for the whole result.
pub(crate) fn shared(a: Option<&str>, b: Option<&str>) -> Option<String> {
    let segments = a?.split('/').zip(b?.split('/')).take_while(|(a, b)| a == b);
    let common = segments.map(|(segment, _)| segment).collect::<Vec<_>>().join("/");
    (!common.is_empty()).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_grow_and_meet() {
        let at = At::whole().key("a/b").index(2).key("~");
        assert_eq!(at.pointer().as_deref(), Some("/a~1b/2/~0"));
        assert_eq!(At::whole().pointer(), None);
        let rows = [
            (Some("/a/0/b"), Some("/a/1"), Some("/a")),
            (Some("/a"), Some("/ab"), None),
            (Some("/a/b"), Some("/a/b"), Some("/a/b")),
            (None, Some("/a"), None),
        ];
        for (a, b, expected) in rows {
            assert_eq!(shared(a, b).as_deref(), expected);
        }
    }
}
