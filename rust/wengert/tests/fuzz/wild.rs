//! Any operation of the table with arguments drawn by the types of its signature: it may fail or give what it likes, but
//! leaves all else as it was and shows no memory that is not its own. Depends on `state`.

use super::bytes::Bytes;
use super::state::{Live, State};
use wengert::ops::{self, Body, Value};
use wengert::{DType, Tensor};

/// Not called: random numbers, and names that change what a handle is.
const LEFT_OUT: [&str; 8] =
    ["dropout", "bernoulli", "multinomial", "detach_", "requires_grad_", "retain_grad", "set_", "combinations"];

const WORDS: [&str; 10] = ["sum", "mean", "prod", "amax", "amin", "none", "linear", "ij,jk->ik", "...i->...", "trunc"];

fn number(b: &mut Bytes<'_>) -> Value {
    match b.below(8) {
        0 => Value::Float(f64::NAN),
        1 => Value::Float(f64::INFINITY),
        2 => Value::Float(-1e300),
        3 => Value::Float(0.5),
        4 => Value::Bool(true),
        _ => Value::Int(b.int()),
    }
}

/// An argument for a parameter such as `dim: int = 0`; None for what is left to its default.
fn argument(state: &State, b: &mut Bytes<'_>, parameter: &str, operands: &mut Vec<Live>) -> Option<Value> {
    let (head, default) = parameter.split_once('=').map_or((parameter, None), |(h, d)| (h, Some(d)));
    if default.is_some() && b.below(3) == 0 {
        return None;
    }
    let (name, kind) = head.split_once(':').map(|(n, k)| (n.trim(), k.trim()))?;
    let mut tensor = || {
        let live = state.small(b);
        operands.push(live.clone());
        Value::Tensor(live.tensor)
    };
    Some(match kind {
        k if k.contains("Sequence[Tensor]") => {
            let one = tensor();
            let two = tensor();
            let all = [one.clone(), two, one];
            Value::List(all[..b.below(4)].to_vec())
        }
        k if k.starts_with("Tensor") => tensor(),
        k if k.contains("Sequence[Sequence") => Value::List(vec![list(b), list(b)]),
        k if name.starts_with('*') || (k.contains('[') && (!k.contains("int |") || b.flag())) => list(b),
        k if k.starts_with("int") => Value::Int(b.int()),
        k if k.starts_with("bool") => Value::Bool(b.flag()),
        k if k.starts_with("float") || k.starts_with("Number") => number(b),
        k if k.starts_with("str") => Value::Str(WORDS[b.below(WORDS.len())].to_owned()),
        k if k.starts_with("dtype") => {
            let all = [DType::Bool, DType::U8, DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::F64];
            Value::DType(all[b.below(8)])
        }
        _ => return None,
    })
}

fn list(b: &mut Bytes<'_>) -> Value {
    Value::List(b.ints(4).into_iter().map(Value::Int).collect())
}

/// One call.
pub fn call(state: &mut State, b: &mut Bytes<'_>) {
    let rows: Vec<_> = ops::table().filter(|row| !LEFT_OUT.contains(&row.name)).collect();
    let row = rows[(usize::from(b.byte()) * 256 + usize::from(b.byte())) % rows.len()];
    let mut operands = Vec::new();
    let parameters: Vec<&str> = ops::signature::split_top(row.signature).into_iter().filter(|p| *p != "*").collect();
    let defaults = ops::Signature::parse(row.signature).defaults;
    let given: Vec<Value> = parameters
        .iter()
        .zip(defaults)
        .map(|(p, default)| argument(state, b, p, &mut operands).unwrap_or(default))
        .collect();
    let in_place = match row.body {
        Body::Write(_) => true,
        Body::Twin(..) => b.flag(),
        _ => false,
    };
    if !in_place {
        let Ok(made) = state.call(row.name, given) else { return };
        made.into_iter().take(3).for_each(|t| state.add(t));
        return;
    }
    let (Some(target), Some(Value::Tensor(_))) = (operands.first().cloned(), given.first()) else { return };
    let mut handle: Tensor = target.tensor.clone();
    if state.call_write(row.name, &mut handle, given).is_err() {
        return;
    }
    if handle.shape() == target.tensor.shape() && handle.layout().strides() == target.tensor.layout().strides() {
        state.resync(&target, true);
    } else {
        // The handle shows the same elements in another shape.
        state.add(handle);
    }
}
