//! The Python line that is running, as an interned site: the innermost frame outside this package.
//!
//! On CPython 3.11 the frame is read where it lies (about 2 ns), after a check at import that it lies where it should;
//! elsewhere, and when that check fails, through the public calls. A code object is kept alive once one of its
//! instructions is interned, so that an address never means two places.

use pyo3::ffi;
use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::os::raw::{c_char, c_int};
use wengert::tape::site::{Provider, Site};

/// Cache slots; a power of two.
const SLOTS: usize = 2048;
/// Cached in place of a site: the frame belongs to this package, look at its caller.
const INTERNAL: Site = u32::MAX;

#[derive(Clone, Copy)]
struct Slot {
    instruction: usize,
    site: Site,
}

struct Table {
    cache: [Slot; SLOTS],
    ids: HashMap<usize, Site>,
    places: Vec<(*mut ffi::PyCodeObject, c_int)>,
    package: Vec<u8>,
    direct: bool,
}

struct Guarded(UnsafeCell<Option<Box<Table>>>);
// SAFETY: reached only with the GIL held.
unsafe impl Sync for Guarded {}
static TABLE: Guarded = Guarded(UnsafeCell::new(None));

fn table() -> Option<&'static mut Table> {
    // SAFETY: the GIL is held, and no reference outlives the functions of this file.
    unsafe { (*TABLE.0.get()).as_deref_mut() }
}

/// A frame: code object, address of the running instruction, its index, the caller.
struct Frame {
    code: *mut ffi::PyCodeObject,
    instruction: usize,
    lasti: c_int,
}

#[cfg(all(Py_3_11, not(Py_3_12)))]
mod direct {
    //! Where CPython 3.11 keeps its frames: offsets in PyThreadState, _PyCFrame, _PyInterpreterFrame and PyCodeObject.
    use super::*;
    const CFRAME: usize = 56;
    const CURRENT: usize = 8;
    const CODE: usize = 32;
    const PREVIOUS: usize = 48;
    const INSTRUCTION: usize = 56;
    const FIRST_INSTRUCTION: usize = 184;

    unsafe extern "C" {
        // Exported by 3.11; later versions name it PyThreadState_GetUnchecked.
        fn _PyThreadState_UncheckedGet() -> *mut ffi::PyThreadState;
    }

    #[inline(always)]
    unsafe fn word(p: *const u8, at: usize) -> *const u8 {
        // SAFETY: `verify` has found these offsets right for this interpreter.
        unsafe { *p.add(at).cast::<*const u8>() }
    }

    #[inline(always)]
    pub unsafe fn innermost() -> *const u8 {
        // SAFETY: the GIL is held, so there is a thread state.
        unsafe { word(word(_PyThreadState_UncheckedGet().cast(), CFRAME), CURRENT) }
    }
    #[inline(always)]
    pub unsafe fn caller(frame: *const u8) -> *const u8 {
        // SAFETY: `frame` is live.
        unsafe { word(frame, PREVIOUS) }
    }
    #[inline(always)]
    pub unsafe fn instruction(frame: *const u8) -> usize {
        // SAFETY: `frame` is live.
        unsafe { word(frame, INSTRUCTION) as usize }
    }
    pub unsafe fn read(frame: *const u8) -> Frame {
        // SAFETY: `frame` is live.
        unsafe {
            let code = word(frame, CODE).cast_mut().cast::<ffi::PyCodeObject>();
            let instruction = instruction(frame);
            let lasti = instruction.wrapping_sub(code as usize + FIRST_INSTRUCTION) as c_int;
            Frame { code, instruction, lasti }
        }
    }
}

unsafe extern "C" {
    // Public since 3.11, and missing from the bindings.
    fn PyFrame_GetLasti(frame: *mut ffi::PyFrameObject) -> c_int;
}

/// Frames through the public calls, from the innermost; `f` says when to stop.
unsafe fn public_walk(mut f: impl FnMut(Frame) -> bool) {
    // SAFETY: the GIL is held; references are given back.
    unsafe {
        let mut frame = ffi::PyThreadState_GetFrame(ffi::PyThreadState_Get());
        while !frame.is_null() {
            let code = ffi::PyFrame_GetCode(frame);
            let lasti = PyFrame_GetLasti(frame);
            let go_on = f(Frame { code, instruction: code as usize + 1_000_003 * (lasti as usize + 1), lasti });
            ffi::Py_DECREF(code.cast());
            let back = if go_on { ffi::PyFrame_GetBack(frame) } else { std::ptr::null_mut() };
            ffi::Py_DECREF(frame.cast());
            frame = back;
        }
    }
}

/// The site of the innermost frame outside the package.
fn current() -> Site {
    let Some(t) = table() else { return 0 };
    #[cfg(all(Py_3_11, not(Py_3_12)))]
    if t.direct {
        // SAFETY: the layout was verified at import; the GIL is held.
        unsafe {
            let mut frame = direct::innermost();
            while !frame.is_null() {
                let at = direct::instruction(frame);
                let slot = t.cache[slot_of(at)];
                let site = if slot.instruction == at { slot.site } else { intern(t, &direct::read(frame)) };
                if site != INTERNAL {
                    return site;
                }
                frame = direct::caller(frame);
            }
        }
        return 0;
    }
    let mut found = 0;
    // SAFETY: the GIL is held.
    unsafe {
        public_walk(|frame| {
            let site = intern(t, &frame);
            if site == INTERNAL {
                return true;
            }
            found = site;
            false
        });
    }
    found
}

#[inline(always)]
fn slot_of(instruction: usize) -> usize {
    (instruction >> 1) & (SLOTS - 1)
}

#[cold]
fn intern(t: &mut Table, frame: &Frame) -> Site {
    let next = t.places.len() as Site + 1;
    let site = match t.ids.get(&frame.instruction) {
        Some(&site) => site,
        None => {
            let site = if is_internal(&t.package, frame.code) { INTERNAL } else { next };
            // SAFETY: the GIL is held; the code object is kept alive for good.
            unsafe { ffi::Py_INCREF(frame.code.cast()) };
            if site != INTERNAL {
                t.places.push((frame.code, frame.lasti));
            }
            t.ids.insert(frame.instruction, site);
            site
        }
    };
    t.cache[slot_of(frame.instruction)] = Slot { instruction: frame.instruction, site };
    site
}

fn file_of(code: *mut ffi::PyCodeObject) -> Option<Vec<u8>> {
    // SAFETY: the GIL is held; `code` is a code object.
    unsafe {
        let name = ffi::PyObject_GetAttrString(code.cast(), c"co_filename".as_ptr());
        if name.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let mut size = 0;
        let text = ffi::PyUnicode_AsUTF8AndSize(name, &mut size);
        let out = if text.is_null() {
            ffi::PyErr_Clear();
            None
        } else {
            Some(std::slice::from_raw_parts(text.cast::<u8>(), size as usize).to_vec())
        };
        ffi::Py_DECREF(name);
        out
    }
}

fn is_internal(package: &[u8], code: *mut ffi::PyCodeObject) -> bool {
    // The demonstration is a program like any other, though it lives in the package.
    file_of(code)
        .is_some_and(|f| !package.is_empty() && f.starts_with(package) && !f[package.len()..].starts_with(b"/demo/"))
}

fn describe(site: Site) -> Option<(String, u32)> {
    let t = table()?;
    let &(code, lasti) = t.places.get((site as usize).checked_sub(1)?)?;
    let file = String::from_utf8_lossy(&file_of(code)?).into_owned();
    // SAFETY: the GIL is held (errors are made under it); the code object is alive.
    let line = unsafe { ffi::PyCode_Addr2Line(code, lasti) };
    Some((file, line.max(0) as u32))
}

/// Installs the provider; `package` is the folder whose frames are passed over.
pub fn install(package: &str) {
    let table = Table {
        cache: [Slot { instruction: 0, site: 0 }; SLOTS],
        ids: HashMap::new(),
        places: Vec::new(),
        package: package.as_bytes().to_vec(),
        direct: verify(),
    };
    // SAFETY: the GIL is held, at import.
    unsafe { *TABLE.0.get() = Some(Box::new(table)) };
    wengert::tape::site::set_provider(Provider { current, describe });
}

/// Whether frames lie where `direct` reads them: compared with what the public calls say.
fn verify() -> bool {
    #[cfg(all(Py_3_11, not(Py_3_12)))]
    {
        let mut same = false;
        // SAFETY: the GIL is held; what is read is compared before it is trusted. 3.11's layout did not change between
        // its releases.
        unsafe {
            let version = std::ffi::CStr::from_ptr(ffi::Py_GetVersion().cast::<c_char>());
            if version.to_bytes().starts_with(b"3.11.") {
                let frame = direct::innermost();
                if !frame.is_null() {
                    let read = direct::read(frame);
                    public_walk(|public| {
                        same = public.code == read.code && public.lasti == read.lasti;
                        false
                    });
                }
            }
        }
        same
    }
    #[cfg(not(all(Py_3_11, not(Py_3_12))))]
    {
        false
    }
}
