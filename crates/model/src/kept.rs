//! What states are made of: shared texts and messages that know their own hash, so that a state is cheap to copy and compare.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use chassis::rehearsal::Letter;

/// A value behind a pointer, with its hash beside it.
pub struct Shared<T>(Arc<(u64, T)>);

impl<T: Hash> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self(Arc::new((hash_of(&value), value)))
    }
}

impl<T> Shared<T> {
    /// Its hash.
    #[must_use]
    pub fn hash_code(&self) -> u64 {
        self.0.0
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.1
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.0 == other.0.0 && self.0.1 == other.0.1)
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.0);
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.1.fmt(f)
    }
}

/// Which entity: the service's place, its kind's, and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The service's place among all services.
    pub service: usize,
    /// The kind's place among the service's.
    pub shelf: usize,
    /// Its id.
    pub id: Arc<str>,
}

/// A message on its way, and whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mail {
    /// As the broker carries it.
    pub letter: Letter,
    /// When it was said, in seconds since the start. Rules read this of intents alone, so it is 0 of everything else.
    pub said_at: i64,
    /// The entity that it is about, for each service that reacts to it.
    pub to: Vec<Place>,
}

/// The hash of a value.
pub fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
