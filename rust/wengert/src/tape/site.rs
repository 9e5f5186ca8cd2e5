//! Sites: where in the program an op was recorded, as small opaque numbers. Depends on nothing.
//!
//! An embedding language sets a provider (the binding takes Python's innermost frame); Rust callers give theirs by
//! `#[track_caller]`.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::{Mutex, OnceLock, PoisonError};

/// An interned place in a program; 0 is unknown.
pub type Site = u32;

/// What an embedding language supplies.
#[derive(Clone, Copy)]
pub struct Provider {
    /// The site of the call now running.
    pub current: fn() -> Site,
    /// File and line of a site.
    pub describe: fn(Site) -> Option<(String, u32)>,
}

static PROVIDER: OnceLock<Provider> = OnceLock::new();

#[derive(Default)]
struct Table {
    ids: HashMap<&'static Location<'static>, Site>,
    places: Vec<&'static Location<'static>>,
}

static TABLE: OnceLock<Mutex<Table>> = OnceLock::new();

/// Sets the provider of the embedding language, once.
pub fn set_provider(provider: Provider) {
    let _ = PROVIDER.set(provider);
}

/// The site of the caller.
#[inline]
#[track_caller]
pub fn current() -> Site {
    match PROVIDER.get() {
        Some(p) => (p.current)(),
        None => intern(Location::caller()),
    }
}

fn intern(place: &'static Location<'static>) -> Site {
    thread_local! {
        static LAST: std::cell::Cell<(usize, Site)> = const { std::cell::Cell::new((0, 0)) };
    }
    let address = std::ptr::from_ref(place) as usize;
    let (last, site) = LAST.get();
    if last == address {
        return site;
    }
    let mut table = TABLE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let next = table.places.len() as Site + 1;
    let site = *table.ids.entry(place).or_insert(next);
    if site == next {
        table.places.push(place);
    }
    LAST.set((address, site));
    site
}

/// File and line of a site, when known.
pub fn describe(site: Site) -> Option<(String, u32)> {
    if site == 0 {
        return None;
    }
    if let Some(p) = PROVIDER.get() {
        return (p.describe)(site);
    }
    let table = TABLE.get()?.lock().unwrap_or_else(PoisonError::into_inner);
    table.places.get(site as usize - 1).map(|p| (p.file().to_owned(), p.line()))
}

/// ` (recorded at FILE:LINE)`, or nothing where the site is unknown: to end an error message with.
pub fn suffix(site: Site) -> String {
    describe(site).map_or_else(String::new, |(file, line)| format!(" (recorded at {file}:{line})"))
}
