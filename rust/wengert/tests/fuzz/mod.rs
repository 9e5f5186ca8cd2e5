//! Programs of views, indexing and writes with hostile arguments, made of bytes and held to a model that knows only
//! loops over indices: run by `tests/views.rs` on drawn and recorded bytes.

mod bytes;
mod model;
mod state;
mod steps;
mod wild;
mod writes;

/// Runs the program that `data` describes; panics where a law is broken.
pub fn run(data: &[u8]) {
    let mut b = bytes::Bytes::new(data);
    let mut state = state::State::draw(&mut b);
    for _ in 0..20 {
        if b.is_empty() {
            break;
        }
        match b.below(8) {
            0..=2 => steps::view(&mut state, &mut b),
            3 => steps::arrange(&mut state, &mut b),
            4 => steps::pick(&mut state, &mut b),
            5 => writes::write(&mut state, &mut b),
            6 => writes::compute(&mut state, &mut b),
            _ => wild::call(&mut state, &mut b),
        }
        state.check();
    }
    state.differentiate();
}
