//! Calls that drawn programs of `tests/views.rs` found to read foreign memory, to overflow or to be taken where PyTorch
//! refuses them: each is an error, or the result it should be.
#![cfg(not(feature = "gil"))] // The test harness has threads, which feature `gil` forbids.

use wengert::ops::{self, Args, Body, Signature, Value};
use wengert::{ErrorKind, Result, Tensor};

/// The operation of this name with arguments in the order of its signature.
fn call(name: &str, given: Vec<Value>) -> Result<Value> {
    let info = ops::info(name).unwrap();
    let signature = Signature::parse(info.signature);
    let mut values = signature.defaults.clone();
    values.iter_mut().zip(given).for_each(|(v, g)| *v = g);
    let Body::Call(f) = info.body else { panic!("{name} is no call") };
    f(&Args { name, params: &signature.names, values: &values })
}

fn refused(name: &str, given: Vec<Value>) -> ErrorKind {
    match call(name, given) {
        Ok(_) => panic!("{name} should have failed"),
        Err(e) => e.kind,
    }
}

fn x() -> Value {
    Value::Tensor(Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[4]).unwrap())
}

#[test]
fn an_index_of_narrow_integers_is_not_read_as_wide_ones() {
    let index = Tensor::from_slice(&[0_i32, 1, 2], &[3]).unwrap();
    assert_eq!(refused("take_along_dim", vec![x(), Value::Tensor(index.clone())]), ErrorKind::Runtime);
    assert_eq!(refused("take_along_dim", vec![x(), Value::Tensor(index), Value::Int(0)]), ErrorKind::Runtime);
}

#[test]
fn a_tensor_of_no_dimensions_has_none_to_unflatten() {
    let scalar = Value::Tensor(Tensor::from_slice(&[1.0], &[]).unwrap());
    let sizes = Value::List(vec![Value::Int(-1)]);
    assert_eq!(refused("unflatten", vec![scalar, Value::Int(-1), sizes]), ErrorKind::Runtime);
}

#[test]
fn narrow_does_not_overflow() {
    assert_eq!(refused("narrow", vec![x(), Value::Int(0), Value::Int(1), Value::Int(i64::MAX)]), ErrorKind::Runtime);
}

#[test]
fn views_of_nothing_may_lie_anywhere() {
    let ints = |n: &[i64]| Value::List(n.iter().map(|&n| Value::Int(n)).collect());
    let Ok(Value::Tensor(t)) = call("as_strided", vec![x(), ints(&[0]), ints(&[3]), Value::Int(i64::MAX - 1)]) else {
        panic!("as_strided of no elements")
    };
    assert_eq!((t.shape(), t.to_vec::<f64>().unwrap()), (&[0][..], vec![]));
    let rows = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 2]).unwrap();
    for len in [0, 1] {
        let t = ops::view::slice(&rows, 0, 1, len, 1 << 63).unwrap();
        assert_eq!(t.to_vec::<f64>().unwrap(), [3.0, 4.0][..2 * len]);
    }
}

#[test]
fn strides_beside_a_size_of_zero_do_not_overflow() {
    let nothing = Tensor::from_slice::<f64>(&[], &[2, 0, 5]).unwrap();
    let sizes = [1 << 40, 0, 1 << 40, 1 << 40];
    assert_eq!(ops::view::reshape(&nothing, &sizes).unwrap().shape(), sizes);
}

#[test]
fn what_has_no_elements_is_dense_whatever_its_strides() {
    let whole = ops::cast(&Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[4]).unwrap(), wengert::DType::I32).unwrap();
    let empty = ops::view::as_strided(&whole, &[4, 0], &[i64::MAX, i64::MAX - 1], None).unwrap();
    assert!(empty.layout().is_dense());
    assert_eq!(ops::sum(&empty, Some(&[-1]), false).unwrap().shape(), [4]);
}

#[test]
fn flip_of_no_dimensions_takes_its_one_dimension_once() {
    let scalar = Tensor::from_slice(&[1.0], &[]).unwrap();
    assert!(ops::arrange::flip(&scalar, &[-1]).is_ok());
    assert!(ops::arrange::flip(&scalar, &[-1, 0]).is_err());
}
