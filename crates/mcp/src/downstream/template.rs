//! URI templates, as far as it takes to see which one a URI is of.

/// The most expressions in one template; one with more fits nothing.
const MAX_EXPRESSIONS: usize = 32;

/// A URI template (RFC 6570): texts, and between each two something unknown.
#[derive(Debug)]
pub(crate) struct Template {
    first: String,
    /// Whether what comes before it may hold a `/`, and the text after it.
    rest: Vec<(bool, String)>,
}

impl Template {
    /// Reads a template; `None` for one without expressions, or that is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (first, mut left) = text.split_once('{')?;
        let mut rest = Vec::new();
        loop {
            let (expression, after) = left.split_once('}')?;
            // These expand to paths, queries and fragments.
            let wide = expression.starts_with(['+', '#', '/', '?', '&', '.', ';']) || expression.ends_with('*');
            match after.split_once('{') {
                Some((between, next)) => {
                    rest.push((wide, between.to_owned()));
                    left = next;
                }
                None => {
                    rest.push((wide, after.to_owned()));
                    break;
                }
            }
            if rest.len() == MAX_EXPRESSIONS {
                return None;
            }
        }
        Some(Self { first: first.to_owned(), rest })
    }

    /// Whether the URI can be one of this template's.
    pub(crate) fn fits(&self, uri: &str) -> bool {
        let Some(mut left) = uri.strip_prefix(&self.first) else { return false };
        for (i, (wide, after)) in self.rest.iter().enumerate() {
            let last = i + 1 == self.rest.len();
            // The last text has to end the URI, the others come as soon as they may.
            let place = match (last, after.is_empty()) {
                (true, true) => Some(left.len()),
                (true, false) => left.len().checked_sub(after.len()).filter(|_| left.ends_with(after.as_str())),
                (false, _) => left.find(after.as_str()),
            };
            let Some(place) = place else { return false };
            let value = &left[..place];
            if !wide && (value.is_empty() || value.contains('/')) {
                return false;
            }
            left = &left[place + after.len()..];
        }
        left.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_of_a_template_or_not() {
        let rows = [
            ("test://template/{id}/data", "test://template/123/data", true),
            ("test://template/{id}/data", "test://template//data", false),
            ("test://template/{id}/data", "test://template/1/2/data", false),
            ("test://template/{id}/data", "test://template/1/dat", false),
            ("file:///{+path}", "file:///a/b.txt", true),
            ("x://{a}/{b}", "x://1/2", true),
            ("x://{a}/{b}", "x://1", false),
            ("x://{a}-{b}", "x://1-2-3", true),
            ("x://list{?q}", "x://list?q=1", true),
            ("x://list{?q}", "x://list", true),
            ("x://{a}", "y://1", false),
        ];
        for (template, uri, expected) in rows {
            assert_eq!(Template::read(template).unwrap().fits(uri), expected, "{template} {uri}");
        }
        assert!(Template::read("x://1").is_none());
        assert!(Template::read("x://{").is_none());
        assert!(Template::read(&"{a}".repeat(100)).is_none());
    }
}
