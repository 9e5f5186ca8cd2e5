//! Every error the library raises: a class that maps onto Python's and a message saying got / wanted / try.
//! Depends on nothing.

use std::fmt;

/// The class of an error, named after the Python exception it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The value of an argument is unusable.
    Value,
    /// The type or dtype of an argument is unusable.
    Type,
    /// A dimension or an index is out of range.
    Index,
    /// Memory could not be had.
    Memory,
    /// The operation cannot be carried out in this state (PyTorch's `RuntimeError`).
    Runtime,
    /// The operation is not defined for these arguments.
    NotImplemented,
    /// The embedding language raised while being called back; it holds the details under this key.
    Foreign(u64),
}

/// An error: class and message. One pointer wide, so that a `Result` of a small thing is returned in registers.
#[derive(Clone)]
pub struct Error(Box<Details>);

/// What an [`Error`] says; reached through it as fields.
#[derive(Clone, Debug)]
pub struct Details {
    /// Which class of error.
    pub kind: ErrorKind,
    /// What was got, what was wanted, what to try.
    pub message: String,
    /// The recorded operation in whose derivative it happened: name and site.
    pub during: Option<(String, u32)>,
}

/// `Result` with the library's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of a class.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Details { kind, message: message.into(), during: None }))
    }

    /// Says in the derivative of which recorded operation it happened, unless that was said.
    #[cold]
    pub fn during(mut self, name: String, site: u32) -> Self {
        self.0.during.get_or_insert((name, site));
        self
    }

    /// Its parts.
    pub fn into_details(self) -> Details {
        *self.0
    }
}

impl std::ops::Deref for Error {
    type Target = Details;
    fn deref(&self) -> &Details {
        &self.0
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.kind).field("message", &self.message).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),* $(,)?) => {
        impl Error {
            $($(#[$doc])* #[cold] pub fn $name(message: impl Into<String>) -> Self {
                Error::new(ErrorKind::$kind, message)
            })*
        }
    };
}
constructors! {
    /// A `ValueError`.
    value => Value,
    /// A `TypeError`.
    type_ => Type,
    /// An `IndexError`.
    index => Index,
    /// A `MemoryError`.
    memory => Memory,
    /// A `RuntimeError`.
    runtime => Runtime,
    /// A `NotImplementedError`.
    not_implemented => NotImplemented,
}
