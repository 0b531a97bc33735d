//! Routes that can be listed: what is served is what is told.
//!
//! Invariant: no path is served that is not in the table, and no method that is not beside it. The
//! `Allow` header is made of it, and so is the list of all that must have an expectation of who may.

use poem::{IntoEndpoint, Route, RouteMethod, http::Method};

/// Routes, and what they are.
#[derive(Default)]
pub struct Table(Vec<(&'static str, Methods)>);

/// What answers at one path, method by method.
#[derive(Default)]
pub struct Methods {
    route: RouteMethod,
    names: Vec<Method>,
}

impl Table {
    /// Serves `methods` at `path`: `:name` is one part of it, `*name` all that is left.
    #[must_use]
    pub fn at(mut self, path: &'static str, methods: Methods) -> Self {
        self.0.push((path, methods));
        self
    }

    /// Every path and its methods, in the order they were given.
    pub fn known(&self) -> impl Iterator<Item = (&'static str, &[Method])> {
        self.0.iter().map(|(path, methods)| (*path, &*methods.names))
    }

    /// Serves them beside `routes`.
    pub fn beside(self, routes: Route) -> Route {
        self.0.into_iter().fold(routes, |all, (path, methods)| all.at(path, methods.route))
    }
}

impl Methods {
    /// Answers `GET`, and `HEAD` with the same headers.
    #[must_use]
    pub fn get<E: IntoEndpoint<Endpoint: 'static>>(mut self, endpoint: E) -> Self {
        self.names.extend([Method::GET, Method::HEAD]);
        Self { route: self.route.get(endpoint), names: self.names }
    }

    /// Answers `POST`.
    #[must_use]
    pub fn post<E: IntoEndpoint<Endpoint: 'static>>(mut self, endpoint: E) -> Self {
        self.names.push(Method::POST);
        Self { route: self.route.post(endpoint), names: self.names }
    }
}

/// A path that is looked at.
pub fn get<E: IntoEndpoint<Endpoint: 'static>>(endpoint: E) -> Methods {
    Methods::default().get(endpoint)
}

/// A path that acts.
pub fn post<E: IntoEndpoint<Endpoint: 'static>>(endpoint: E) -> Methods {
    Methods::default().post(endpoint)
}
