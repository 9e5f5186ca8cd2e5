//! `rows!`: the rows of a family that are not made by a macro of their own. Depends on `table`.

/// Declares `ROWS`: for each row its docstring, name, signature, result, face, whether it has derivatives, samples, body.
macro_rules! rows {
    ($(
        $(#[doc = $doc:literal])+
        $name:literal, $signature:literal, $returns:literal, $face:ident, $differentiable:literal, $samples:expr;
        $body:expr;
    )*) => {
        /// The rows of this file.
        pub static ROWS: &[&$crate::ops::OpInfo] = &[$(&$crate::ops::OpInfo {
            name: $name,
            doc: concat!($($doc, "\n"),+),
            signature: $signature,
            returns: $returns,
            face: $crate::ops::Face::$face,
            differentiable: $differentiable,
            body: $body,
            samples: $samples,
        }),*];
    };
}
pub(crate) use rows;
