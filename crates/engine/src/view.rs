//! The catalogue as far as one reach goes, kept current.
//!
//! In: whatever keeps the whole catalogue current, and a reach. Out: the part
//! of the newest snapshot that is within it, and its router, each made once
//! for a snapshot and the first time that somebody asks. Who reaches how far,
//! it does not know.

use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use catalog::{Catalog, Reach, ToolSource};
use route::Router;

/// A catalogue that ends where a reach does.
pub(crate) struct View {
    whole: Arc<dyn ToolSource>,
    reach: Reach,
    part: ArcSwapOption<Part>,
    router: ArcSwapOption<Router>,
}

/// A part of a snapshot.
struct Part {
    of: Arc<Catalog>,
    part: Arc<Catalog>,
}

impl View {
    pub(crate) fn new(whole: Arc<dyn ToolSource>, reach: Reach) -> Self {
        Self { whole, reach, part: ArcSwapOption::empty(), router: ArcSwapOption::empty() }
    }

    /// The router of what is within it now. Two that see a new snapshot first
    /// may both build it; they build the same.
    pub(crate) fn router(&self) -> Arc<Router> {
        let newest = self.snapshot();
        let current = self.router.load_full();
        let router = match current {
            Some(current) if current.catalog().version() == newest.version() => return current,
            Some(current) => Arc::new(current.renewed(newest)),
            None => Arc::new(Router::build(newest)),
        };
        self.router.store(Some(Arc::clone(&router)));
        router
    }
}

impl ToolSource for View {
    fn snapshot(&self) -> Arc<Catalog> {
        let of = self.whole.snapshot();
        if let Some(known) = &*self.part.load()
            && Arc::ptr_eq(&known.of, &of)
        {
            return Arc::clone(&known.part);
        }
        // All who see a new snapshot first are shown one and the same part.
        let made = Arc::new(Part { part: Arc::new(of.within(&self.reach)), of });
        let kept = self.part.rcu(|known| match known {
            Some(known) if Arc::ptr_eq(&known.of, &made.of) => Some(Arc::clone(known)),
            _ => Some(Arc::clone(&made)),
        });
        match kept {
            Some(known) if Arc::ptr_eq(&known.of, &made.of) => Arc::clone(&known.part),
            _ => Arc::clone(&made.part),
        }
    }

    fn settled(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.whole.settled()
    }
}

#[cfg(test)]
mod tests {
    use arc_swap::ArcSwap;
    use catalog::{Entry, Glob, ServerId, ServerLabels, ServerListing, ToolListing};

    use super::*;

    struct Turning(ArcSwap<Catalog>);

    impl ToolSource for Turning {
        fn snapshot(&self) -> Arc<Catalog> {
            self.0.load_full()
        }
    }

    fn catalog(version: u64, tools: &[&str]) -> Catalog {
        let tool = |name: &&str| ToolListing { name: (*name).to_owned(), ..ToolListing::default() };
        let tools = tools.iter().map(tool).collect();
        let listing = ServerListing { id: ServerId::new("a"), title: None, instructions: None, tools };
        Catalog::new(version, vec![Entry::Ready(listing, ServerLabels::default())])
    }

    #[test]
    fn a_part_is_as_new_as_the_whole() {
        let whole = Arc::new(Turning(ArcSwap::from_pointee(catalog(1, &["get_x", "put_x"]))));
        let reach = Reach { servers: None, tools: Some(vec![Glob::new("a.get_*")]) };
        let view = View::new(Arc::clone(&whole) as _, reach);
        let names = |of: &Catalog| of.tools().iter().map(|tool| tool.reference.to_string()).collect::<Vec<_>>();
        let (first, router) = (view.snapshot(), view.router());
        assert_eq!(names(&first), ["a.get_x"]);
        assert!(Arc::ptr_eq(&first, &view.snapshot()) && Arc::ptr_eq(&router, &view.router()));
        whole.0.store(Arc::new(catalog(2, &["get_y", "get_x"])));
        assert_eq!(names(&view.snapshot()), ["a.get_x", "a.get_y"]);
        assert_eq!((names(view.router().catalog()).len(), view.snapshot().version()), (2, 2));
    }
}
