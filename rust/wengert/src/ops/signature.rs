//! `Signature`: the parameters of an operation, parsed from the text of its row. Depends on `table`.

use super::table::Value;

/// A signature, parsed once.
pub struct Signature {
    /// Parameter names.
    pub names: Vec<&'static str>,
    /// Default values (None where there is none, or it is None).
    pub defaults: Vec<Value>,
    /// How many may be given by position.
    pub positional: usize,
    /// The parameter that takes all further positions, or one sequence.
    pub variadic: Option<usize>,
}

fn default_of(text: &str) -> Value {
    match text {
        "None" => Value::None,
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        t if t.starts_with('\'') => Value::Str(t.trim_matches('\'').to_owned()),
        t => t.parse::<i64>().map(Value::Int).or_else(|_| t.parse::<f64>().map(Value::Float)).unwrap_or(Value::None),
    }
}

/// Splits at commas outside brackets.
pub fn split_top(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0i32, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..i].trim());
                from = i + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts
}

impl Signature {
    /// From the text of a row.
    pub fn parse(text: &'static str) -> Signature {
        let mut s = Signature { names: Vec::new(), defaults: Vec::new(), positional: usize::MAX, variadic: None };
        for part in split_top(text) {
            if part == "*" {
                s.positional = s.names.len();
                continue;
            }
            let (head, default) = part.split_once('=').map_or((part, Value::None), |(h, d)| (h, default_of(d.trim())));
            let mut name = head.split_once(':').map_or(head, |(n, _)| n).trim();
            if let Some(bare) = name.strip_prefix('*') {
                name = bare;
                s.variadic = Some(s.names.len());
            }
            s.names.push(name);
            s.defaults.push(default);
        }
        s.positional = s.positional.min(s.names.len());
        s
    }
}
