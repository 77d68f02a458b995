//! A map of bounded weight that forgets what was used longest ago.
//!
//! A hit takes a shared lock and leaves a mark on the entry, so hits do not wait for each other.
//! The mark is a clock that ticks at insertions only: what was used between the same two
//! insertions is equally old, which is as exact as forgetting needs to be. Over its limits the
//! cache forgets a batch, oldest first, so that the sort is paid once for many insertions.

use crate::fork::{self, Locked};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How much a cache may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most entries.
    pub entries: usize,
    /// The most bytes, by the weight given to each entry.
    pub bytes: usize,
}

/// A bounded map with values that are cheap to clone.
#[derive(Debug)]
pub(super) struct Lru<K, V, S> {
    state: RwLock<State<K, V, S>>,
    max_entries: AtomicUsize,
    max_bytes: AtomicUsize,
    hits: AtomicU64,
    /// Values in use elsewhere: to forget them would free nothing.
    is_held: fn(&V) -> bool,
}

#[derive(Debug)]
struct State<K, V, S> {
    entries: HashMap<K, Entry<V>, S>,
    bytes: usize,
    clock: u64,
    evictions: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
    used: AtomicU64,
}

/// What a cache holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) hits: u64,
    pub(super) evictions: u64,
    pub(super) entries: usize,
    pub(super) bytes: usize,
}

impl<K: Hash + Eq + Clone, V: Clone, S: BuildHasher + Default> Lru<K, V, S> {
    pub(super) fn new(limits: Limits, is_held: fn(&V) -> bool) -> Lru<K, V, S> {
        let entries = HashMap::default();
        Lru {
            state: RwLock::new(State { entries, bytes: 0, clock: 0, evictions: 0 }),
            max_entries: AtomicUsize::new(limits.entries),
            max_bytes: AtomicUsize::new(limits.bytes),
            hits: AtomicU64::new(0),
            is_held,
        }
    }

    /// The value, if it is known.
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let state = self.read();
        let entry = state.entries.get(key)?;
        entry.used.store(state.clock, Relaxed);
        self.hits.fetch_add(1, Relaxed);
        Some(entry.value.clone())
    }

    /// Whether the key is known; that is no use of it.
    pub(super) fn contains(&self, key: &K) -> bool {
        self.read().entries.contains_key(key)
    }

    /// The value that is known by now, else this one, which is then known.
    pub(super) fn get_or_insert(&self, key: K, value: V, bytes: usize) -> V {
        let mut state = self.write();
        state.clock += 1;
        if let Some(entry) = state.entries.get(&key) {
            entry.used.store(state.clock, Relaxed);
            self.hits.fetch_add(1, Relaxed);
            return entry.value.clone();
        }
        let used = AtomicU64::new(state.clock);
        state.entries.insert(key, Entry { value: value.clone(), bytes, used });
        state.bytes += bytes;
        self.forget(state);
        value
    }

    /// Weighs an entry anew, where it is still known.
    pub(super) fn set_bytes(&self, key: &K, bytes: usize) {
        let mut state = self.write();
        let Some(entry) = state.entries.get_mut(key) else { return };
        let before = std::mem::replace(&mut entry.bytes, bytes);
        state.bytes = state.bytes - before + bytes;
        self.forget(state);
    }

    /// Forgets an entry; whoever holds its value keeps it.
    pub(super) fn remove(&self, key: &K) {
        let mut state = self.write();
        let entry = state.entries.remove(key);
        state.bytes -= entry.as_ref().map_or(0, |entry| entry.bytes);
        drop(state);
        drop(entry);
    }

    pub(super) fn set_limits(&self, limits: Limits) {
        self.max_entries.store(limits.entries, Relaxed);
        self.max_bytes.store(limits.bytes, Relaxed);
        self.forget(self.write());
    }

    /// Forgets everything; what is held elsewhere lives on there.
    pub(super) fn clear(&self) {
        let mut state = self.write();
        state.bytes = 0;
        let entries = std::mem::take(&mut state.entries);
        drop(state);
        drop(entries);
    }

    pub(super) fn held(&self) -> Held {
        let state = self.read();
        Held {
            hits: self.hits.load(Relaxed),
            evictions: state.evictions,
            entries: state.entries.len(),
            bytes: state.bytes,
        }
    }

    /// Over a limit: forgets the oldest down to seven eighths of it. Values are dropped after the
    /// lock, since dropping code or a plan takes its time.
    fn forget(&self, mut state: Locked<RwLockWriteGuard<'_, State<K, V, S>>>) {
        let (max_entries, max_bytes) = (self.max_entries.load(Relaxed), self.max_bytes.load(Relaxed));
        if state.entries.len() <= max_entries && state.bytes <= max_bytes {
            return;
        }
        let (few, light) = (max_entries - max_entries / 8, max_bytes - max_bytes / 8);
        let mut forgotten = Vec::new();
        for key in self.oldest_first(&state) {
            if state.entries.len() <= few && state.bytes <= light {
                break;
            }
            if let Some(entry) = state.entries.remove(&key) {
                state.bytes -= entry.bytes;
                state.evictions += 1;
                forgotten.push(entry);
            }
        }
        drop(state);
    }

    /// The keys of what may be forgotten.
    fn oldest_first(&self, state: &State<K, V, S>) -> Vec<K> {
        #[expect(
            clippy::disallowed_methods,
            reason = "only the age decides what is forgotten, and no result"
        )]
        let entries = state.entries.iter();
        let idle = entries.filter(|(_, entry)| !(self.is_held)(&entry.value));
        let mut aged: Vec<(u64, &K)> = idle.map(|(key, entry)| (entry.used.load(Relaxed), key)).collect();
        aged.sort_unstable_by_key(|(used, _)| *used);
        aged.into_iter().map(|(_, key)| key.clone()).collect()
    }

    fn read(&self) -> Locked<RwLockReadGuard<'_, State<K, V, S>>> {
        fork::read(&self.state)
    }

    fn write(&self) -> Locked<RwLockWriteGuard<'_, State<K, V, S>>> {
        fork::write(&self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::RandomState;
    use std::sync::Arc;

    type Numbers = Lru<u32, Arc<u32>, RandomState>;

    fn numbers(entries: usize, bytes: usize) -> Numbers {
        Lru::new(Limits { entries, bytes }, |value| Arc::strong_count(value) > 1)
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let cache = numbers(3, 100);
        for n in 0..3 {
            cache.get_or_insert(n, Arc::new(n), 1);
        }
        assert!(cache.get(&0).is_some());
        cache.get_or_insert(3, Arc::new(3), 1);
        assert_eq!(cache.get(&1), None);
        assert_eq!([0, 2, 3].map(|n| cache.get(&n).is_some()), [true; 3]);
        let held = cache.held();
        assert_eq!((held.hits, held.evictions, held.entries, held.bytes), (4, 1, 3, 3));
    }

    #[test]
    fn bytes_are_bounded() {
        let cache = numbers(100, 64);
        for n in 0..50 {
            cache.get_or_insert(n, Arc::new(n), 10);
            assert!(cache.held().bytes <= 64);
        }
        cache.set_bytes(&49, 60);
        assert!(cache.held().bytes <= 64);
        cache.get_or_insert(7, Arc::new(7), 1000);
        assert_eq!(cache.held().bytes, 1000, "its maker held it meanwhile");
        cache.set_limits(Limits { entries: 100, bytes: 64 });
        assert_eq!(cache.held().bytes, 0);
        cache.set_limits(Limits { entries: 0, bytes: 0 });
        assert_eq!(cache.held().entries, 0);
    }

    #[test]
    fn what_is_held_elsewhere_stays() {
        let cache = numbers(2, 100);
        let held: Vec<_> = (0..5).map(|n| cache.get_or_insert(n, Arc::new(n), 1)).collect();
        assert_eq!(cache.held().entries, 5);
        drop(held);
        cache.get_or_insert(9, Arc::new(9), 1);
        assert_eq!(cache.held().entries, 2);
        cache.clear();
        assert_eq!((cache.held().entries, cache.held().bytes), (0, 0));
    }

    #[test]
    fn a_known_value_wins() {
        let cache = numbers(2, 100);
        let first = cache.get_or_insert(1, Arc::new(10), 1);
        let second = cache.get_or_insert(1, Arc::new(20), 1);
        assert!(Arc::ptr_eq(&first, &second));
    }
}
