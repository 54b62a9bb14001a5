//! Which component answers a path, and what of the path its route captured.
//!
//! The rules are Spin's: an exact segment beats `:name`, which beats a trailing `/...`; of two equal
//! routes the later one wins; only the path counts, never the method.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use routefinder::{Captures, RouteSpec};

/// Paths that Spin keeps for itself.
pub const RESERVED_PREFIX: &str = "/.well-known/spin/";

/// All routes, ready to match; `T` is what a route leads to.
pub struct Routes<T>(routefinder::Router<Entry<T>>);

struct Entry<T> {
    route: Arc<Route>,
    target: T,
}

/// One route in the forms in which components are told of it.
#[derive(Debug)]
pub struct Route {
    /// As written in the manifest.
    pub raw: String,
    /// With one leading and no trailing slash.
    pub based: String,
}

impl Route {
    fn new(raw: &str) -> Self {
        let absolute = if raw.starts_with('/') {
            raw.to_owned()
        } else {
            format!("/{raw}")
        };
        let based = absolute.strip_suffix('/').unwrap_or(&absolute).to_owned();
        Self {
            raw: raw.to_owned(),
            based,
        }
    }

    /// As written, without a trailing wildcard.
    pub fn raw_prefix(&self) -> &str {
        self.raw.strip_suffix("/...").unwrap_or(&self.raw)
    }
}

/// A path's route, and what it captured.
pub struct Matched<'routes, 'path, T> {
    /// What the route leads to.
    pub target: &'routes T,
    /// The route.
    pub route: &'routes Route,
    captures: Captures<'routes, 'path>,
    path: &'path str,
}

impl<T> Matched<'_, '_, T> {
    /// What `/...` stands for in this path, with its leading slash; empty without a wildcard.
    ///
    /// Spin keeps a trailing slash here, the route finder doesn't.
    pub fn trailing_wildcard(&self) -> String {
        let Some(rest) = self.captures.wildcard() else {
            return String::new();
        };
        match (rest.is_empty(), self.path.ends_with('/')) {
            (true, false) => String::new(),
            (true, true) => "/".to_owned(),
            (false, false) => format!("/{rest}"),
            (false, true) => format!("/{rest}/"),
        }
    }

    /// The `:name` segments with their values, in order.
    pub fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.captures.iter()
    }
}

impl<T> Routes<T> {
    /// Builds the table from routes as written and what they lead to.
    pub fn new(routes: impl IntoIterator<Item = (String, T)>) -> Result<Self> {
        let mut router = routefinder::Router::new();
        // The route finder would keep both of two equal routes, and prefer the earlier one.
        let routes: BTreeMap<_, _> = routes.into_iter().collect();
        for (raw, target) in routes {
            let route = Route::new(&raw);
            let spec = match route.based.strip_suffix("/...") {
                Some(prefix) => RouteSpec::try_from(format!("{prefix}/*")),
                None => RouteSpec::try_from(route.based.as_str()),
            };
            let spec = spec.map_err(|reason| anyhow!("route `{raw}`: {reason}"))?;
            let route = Arc::new(route);
            router
                .add(spec, Entry { route, target })
                .map_err(|reason| anyhow!("route `{raw}`: {reason}"))?;
        }
        Ok(Self(router))
    }

    /// The most specific route for `path`, if any.
    pub fn find<'routes, 'path>(
        &'routes self,
        path: &'path str,
    ) -> Option<Matched<'routes, 'path, T>> {
        let best = self.0.best_match(path)?;
        let entry = best.handler();
        Some(Matched {
            target: &entry.target,
            route: &entry.route,
            captures: best.captures(),
            path,
        })
    }

    /// Every route and what it leads to, most specific first.
    pub fn iter(&self) -> impl Iterator<Item = (&Route, &T)> {
        self.0
            .iter()
            .map(|(_, entry)| (&*entry.route, &entry.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(routes: &[&str]) -> Routes<String> {
        Routes::new(routes.iter().map(|r| ((*r).to_owned(), (*r).to_owned()))).unwrap()
    }

    #[test]
    fn the_most_specific_route_wins_in_any_order() {
        for order in [
            ["/...", "/a/...", "/a/:id", "/a/latest"],
            ["/a/latest", "/a/:id", "/a/...", "/..."],
        ] {
            let routes = routes(&order);
            for (path, expected) in [
                ("/", "/..."),
                ("/b/c", "/..."),
                ("/a", "/a/..."),
                ("/a/", "/a/..."),
                ("/a/1", "/a/:id"),
                ("/a/latest", "/a/latest"),
                ("/a/latest/", "/a/latest"),
                ("/a/1/2", "/a/..."),
            ] {
                assert_eq!(routes.find(path).unwrap().target, expected, "{path}");
            }
        }
    }

    #[test]
    fn without_a_matching_route_there_is_no_match() {
        let routes = routes(&["/a", "/b/:id"]);
        for path in ["/", "/c", "/a/1", "/b", "/b/1/2"] {
            assert!(routes.find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn captures() {
        let routes = routes(&["/t/...", "/u/:user/:item", "/v/:id/..."]);
        for (path, named, rest) in [
            ("/t", vec![], ""),
            ("/t/", vec![], "/"),
            ("/t/x", vec![], "/x"),
            ("/t/x/y/", vec![], "/x/y/"),
            ("/u/1/a%20b", vec![("user", "1"), ("item", "a%20b")], ""),
            ("/v/7/x", vec![("id", "7")], "/x"),
        ] {
            let matched = routes.find(path).unwrap();
            assert_eq!(matched.named().collect::<Vec<_>>(), named, "{path}");
            assert_eq!(matched.trailing_wildcard(), rest, "{path}");
        }
    }

    #[test]
    fn of_two_equal_routes_the_later_one_wins() {
        let routes = Routes::new([("/a".to_owned(), 1), ("/a".to_owned(), 2)]).unwrap();
        assert_eq!(*routes.find("/a").unwrap().target, 2);
        assert_eq!(routes.iter().count(), 1);
    }

    #[test]
    fn a_route_without_slashes_is_absolute() {
        let routes = routes(&["a/"]);
        let matched = routes.find("/a").unwrap();
        assert_eq!(
            (matched.route.raw.as_str(), matched.route.based.as_str()),
            ("a/", "/a")
        );
    }
}
