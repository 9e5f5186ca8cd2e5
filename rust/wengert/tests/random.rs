//! Generators and what is drawn from them, without Python.

use wengert::ops::random::{Generator, RandomState, multinomial, normal, permutation, uniform, whole};
use wengert::{DType, Tensor};

#[test]
fn a_generator_repeats_itself_and_goes_on() {
    let g = Generator::new(3);
    let first = uniform(&g, &[5], DType::F32).unwrap().to_vec::<f32>().unwrap();
    assert_eq!(g.state(), RandomState { seed: 3, drawn: 8 });
    let second = uniform(&g, &[5], DType::F32).unwrap().to_vec::<f32>().unwrap();
    assert_ne!(first, second);
    g.set_state(RandomState { seed: 3, drawn: 0 });
    assert_eq!(uniform(&g, &[5], DType::F32).unwrap().to_vec::<f32>().unwrap(), first);
    // Wider numbers take more words.
    normal(&g, &[4], DType::F64).unwrap();
    assert_eq!(g.state().drawn, 16);
}

#[test]
fn whole_numbers_reach_both_ends() {
    let g = Generator::new(1);
    let x = whole(&g, &[1000], -2, 1, DType::I64).unwrap().to_vec::<i64>().unwrap();
    assert!((-2..=1).all(|v| x.contains(&v)) && x.iter().all(|v| (-2..=1).contains(v)));
    let all = whole(&g, &[1000], i64::MIN, i64::MAX, DType::I64).unwrap().to_vec::<i64>().unwrap();
    assert!(all.iter().any(|v| *v > 1 << 61) && all.iter().any(|v| *v < -(1 << 61)));
    assert_eq!(whole(&g, &[2], 7, 7, DType::U8).unwrap().to_vec::<u8>().unwrap(), [7, 7]);
}

#[test]
fn permutations_have_every_number_once() {
    let g = Generator::new(2);
    for n in [0, 1, 2, 1000] {
        let mut x = permutation(&g, n, DType::I64).unwrap().to_vec::<i64>().unwrap();
        x.sort_unstable();
        assert!(x.iter().enumerate().all(|(i, v)| i as i64 == *v) && x.len() == n);
    }
}

#[test]
fn categories_of_no_weight_are_never_drawn() {
    let g = Generator::new(4);
    let weights = Tensor::from_slice(&[0.0f64, 1.0, 0.0, 2.0], &[4]).unwrap();
    let drawn = multinomial(&g, &weights, 500, true).unwrap().to_vec::<i64>().unwrap();
    assert!(drawn.iter().all(|i| [1, 3].contains(i)));
    for _ in 0..50 {
        let mut both = multinomial(&g, &weights, 2, false).unwrap().to_vec::<i64>().unwrap();
        both.sort_unstable();
        assert_eq!(both, [1, 3]);
    }
    assert!(multinomial(&g, &weights, 3, false).is_err());
}
