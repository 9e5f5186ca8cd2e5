//! Warnings: to the embedding language where it takes them, else to standard error. Depends on the error type.

use crate::error::Result;
use std::sync::OnceLock;

/// Takes a warning; an error stops the operation that warned.
pub type Handler = fn(&str) -> Result<()>;

static HANDLER: OnceLock<Handler> = OnceLock::new();

/// Sends warnings to `handler` from now on; the first one set stays.
pub fn set_handler(handler: Handler) {
    let _ = HANDLER.set(handler);
}

/// Warns the user of something that works but will not for ever.
#[cold]
pub fn warn(message: &str) -> Result<()> {
    match HANDLER.get() {
        Some(handler) => handler(message),
        None => {
            eprintln!("wengert: warning: {message}");
            Ok(())
        }
    }
}
