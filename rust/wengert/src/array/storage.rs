//! `Array`: a counted header over a storage that never moves, and the versions of that storage that rules still need.
//! Depends on `count`, `layout` and the kernels' memory. The unsafe of array memory lives here.
//!
//! A fresh array is one block: storage header, array header and, when small, its elements. A view is a header of its
//! own over the same storage. A kept value is (array, version): a write into a storage whose current version is kept
//! first sets a frozen copy of it aside (one a version, freed with its last user).

use super::dtype::DType;
use super::layout::Layout;
use crate::count::Count;
use crate::error::{Error, Result};
use std::mem::{offset_of, size_of};
use std::ptr::NonNull;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering};
use wengert_kernels::memory;

/// Elements up to this many bytes live in the header's block.
const INLINE: usize = 256;

#[repr(C)]
struct Storage {
    /// Array headers over this storage.
    count: Count,
    /// Writes so far.
    version: Count,
    /// Kept values of the current version.
    kept: Count,
    /// Recorded writes so far: a tensor whose history is older must look its node up again.
    history: Count,
    /// Bytes of elements; with [`FAR`] set they lie elsewhere, and their address stands where else they would.
    size: usize,
    extra: AtomicPtr<Extra>,
}

/// Flag in `Storage::size`: the elements are not in the block.
const FAR: usize = 1 << (usize::BITS - 1);

impl Storage {
    #[inline(always)]
    fn bytes(&self) -> usize {
        self.size & !FAR
    }

    /// Where the elements start.
    ///
    /// # Safety
    /// `this` is the storage of a live block.
    #[inline(always)]
    unsafe fn base(this: NonNull<Storage>) -> *mut u8 {
        // SAFETY: what follows the headers is `size` bytes of elements, or their address.
        unsafe {
            let tail = this.as_ptr().cast::<u8>().add(size_of::<Block>());
            if (*this.as_ptr()).size & FAR == 0 { tail } else { tail.cast::<*mut u8>().read() }
        }
    }
}

/// Bytes of the block of a storage of `size` (with its flag).
#[inline(always)]
fn block_bytes(size: usize) -> usize {
    size_of::<Block>() + if size & FAR == 0 { size } else { size_of::<*mut u8>() }
}

/// What few storages have: frozen versions, a foreign owner of the memory.
#[derive(Default)]
struct Extra {
    frozen: Mutex<Vec<Frozen>>,
    owner: Option<Box<dyn Send + Sync>>,
    read_only: bool,
    /// Made in inference mode.
    inference: bool,
}

struct Frozen {
    version: u32,
    users: u32,
    /// None: overwritten by somebody who said so only afterwards.
    copy: Option<Array>,
}

#[repr(C)]
struct Header {
    count: Count,
    dtype: DType,
    layout: Layout,
    data: *mut u8,
    storage: NonNull<Storage>,
}

#[repr(C)]
struct Block {
    storage: Storage,
    header: Header,
}

/// Elements of one dtype in some layout over a storage; a counted handle. Knows nothing of derivatives.
pub struct Array(NonNull<Header>);

// SAFETY: counts are atomic or guarded by the embedding's lock; elements are written only through the tensor API, which
// as in PyTorch leaves it to the program not to write to a tensor that another thread is using.
unsafe impl Send for Array {}
// SAFETY: as above.
unsafe impl Sync for Array {}

fn too_large(layout: &Layout, dtype: DType, bytes: usize) -> Error {
    Error::memory(format!(
        "cannot allocate {bytes} bytes for a tensor of shape {} and dtype {}; try smaller sizes or a smaller dtype",
        super::layout::show(layout.shape()),
        dtype.name()
    ))
}

impl Array {
    /// Uninitialised elements in a layout without gaps.
    #[inline]
    pub(crate) fn empty(layout: Layout, dtype: DType) -> Result<Array> {
        debug_assert!(layout.is_dense());
        let bytes = layout.numel() * dtype.size();
        if bytes > INLINE {
            return Self::empty_far(layout, dtype, bytes);
        }
        let Some(block) = memory::small_alloc(block_bytes(bytes)) else { return Err(too_large(&layout, dtype, bytes)) };
        // SAFETY: the block is ours, holds `bytes` bytes after its headers, and is aligned enough.
        unsafe {
            let base = block.as_ptr().add(size_of::<Block>());
            Ok(Self::init(block.cast(), bytes, layout, dtype, base))
        }
    }

    #[inline(never)]
    fn empty_far(layout: Layout, dtype: DType, bytes: usize) -> Result<Array> {
        let size = bytes | FAR;
        let Some(block) = memory::small_alloc(block_bytes(size)) else { return Err(too_large(&layout, dtype, bytes)) };
        let Some(base) = memory::alloc(bytes) else {
            // SAFETY: just allocated with this size.
            unsafe { memory::small_free(block, block_bytes(size)) };
            return Err(too_large(&layout, dtype, bytes));
        };
        // SAFETY: the block is ours and holds an address after its headers.
        Ok(unsafe { Self::init_far(block.cast(), base.as_ptr(), size, layout, dtype, base.as_ptr()) })
    }

    /// # Safety
    /// As for `init`; `base` is where the elements start.
    unsafe fn init_far(
        block: NonNull<Block>,
        base: *mut u8,
        size: usize,
        layout: Layout,
        dtype: DType,
        data: *mut u8,
    ) -> Array {
        // SAFETY: the block has room for an address after its headers.
        unsafe {
            block.as_ptr().cast::<u8>().add(size_of::<Block>()).cast::<*mut u8>().write(base);
            Self::init(block, size, layout, dtype, data)
        }
    }

    /// # Safety
    /// `block` is a fresh allocation of `block_bytes(size)`; `data` with `layout` stays inside the elements.
    #[inline(always)]
    unsafe fn init(block: NonNull<Block>, size: usize, layout: Layout, dtype: DType, data: *mut u8) -> Array {
        let p = block.as_ptr();
        // SAFETY: by the contract above.
        unsafe {
            (&raw mut (*p).storage).write(Storage {
                count: Count::new(1),
                version: Count::new(0),
                kept: Count::new(0),
                history: Count::new(0),
                size,
                extra: AtomicPtr::new(std::ptr::null_mut()),
            });
            (&raw mut (*p).header).write(Header {
                count: Count::new(1),
                dtype,
                layout,
                data,
                storage: NonNull::new_unchecked(&raw mut (*p).storage),
            });
            let array = Array(NonNull::new_unchecked(&raw mut (*p).header));
            if crate::mode::any_watch() {
                array.mark_watched();
            }
            array
        }
    }

    #[cold]
    #[inline(never)]
    fn mark_watched(&self) {
        if crate::tap::on() {
            crate::tap::born(self.storage_id());
        }
        if crate::mode::is_inference() {
            let extra = Box::new(Extra { inference: true, ..Extra::default() });
            self.storage().extra.store(Box::into_raw(extra), Ordering::Release);
        }
    }

    /// Whether it was made in inference mode: rules cannot keep it.
    #[inline(always)]
    pub fn is_inference(&self) -> bool {
        let extra = self.storage().extra.load(Ordering::Acquire);
        // SAFETY: set once, freed with the storage.
        !extra.is_null() && unsafe { (*extra).inference }
    }

    /// An array over memory that something else owns (a NumPy array); `owner` is dropped with the last view of it.
    ///
    /// # Safety
    /// `base..base + bytes` stays valid and in place while `owner` lives; `data` with `layout` stays inside it.
    pub unsafe fn from_foreign(
        base: *mut u8,
        bytes: usize,
        data: *mut u8,
        layout: Layout,
        dtype: DType,
        read_only: bool,
        owner: Box<dyn Send + Sync>,
    ) -> Result<Array> {
        let size = bytes | FAR;
        let Some(block) = memory::small_alloc(block_bytes(size)) else {
            return Err(too_large(&layout, dtype, block_bytes(size)));
        };
        // SAFETY: a fresh block; the contract covers the rest.
        let array = unsafe { Self::init_far(block.cast(), base, size, layout, dtype, data) };
        let inference = array.is_inference();
        let extra = Box::new(Extra { owner: Some(owner), read_only, inference, ..Extra::default() });
        let old = array.storage().extra.swap(Box::into_raw(extra), Ordering::AcqRel);
        if !old.is_null() {
            // SAFETY: from `mark_watched`; nobody else knows the array yet.
            drop(unsafe { Box::from_raw(old) });
        }
        Ok(array)
    }

    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: a handle keeps its header alive.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    fn storage(&self) -> &Storage {
        // SAFETY: a header keeps its storage alive.
        unsafe { self.header().storage.as_ref() }
    }

    /// A view: other layout over the same storage, starting `offset` elements after this array's first.
    /// The caller answers for the layout's staying inside the storage; of no elements it may lie anywhere.
    pub(crate) fn view(&self, layout: Layout, offset: isize) -> Array {
        let h = self.header();
        let block = memory::small_alloc(size_of::<Header>())
            .unwrap_or_else(|| std::alloc::handle_alloc_error(std::alloc::Layout::new::<Header>()))
            .cast::<Header>();
        self.storage().count.inc();
        let data = h.data.wrapping_offset(offset.wrapping_mul(h.dtype.size() as isize));
        // SAFETY: a fresh block of the size of a header.
        unsafe { block.write(Header { count: Count::new(1), dtype: h.dtype, layout, data, storage: h.storage }) };
        Array(block)
    }

    /// Elements anywhere in the storage, from `offset` bytes after its start on. The caller answers for the layout's staying
    /// inside, for the alignment and for every bit pattern's being an element.
    pub(crate) fn lens(&self, layout: Layout, dtype: DType, offset: isize) -> Array {
        let mut view = self.view(layout, 0);
        let base = self.base();
        // SAFETY: the header was just made, nobody else has it.
        let header = unsafe { view.0.as_mut() };
        header.dtype = dtype;
        header.data = base.wrapping_offset(offset);
        view
    }

    /// The same memory from the same address on, as elements of another dtype; None where these would not be aligned.
    /// The caller answers for the layout's staying inside the storage, and for every bit pattern's being an element.
    pub(crate) fn reinterpret(&self, layout: Layout, dtype: DType) -> Option<Array> {
        let aligned = |at: *mut u8| (at as usize).is_multiple_of(dtype.size());
        if !aligned(self.data_ptr()) || !aligned(self.base()) {
            return None;
        }
        let mut view = self.view(layout, 0);
        // SAFETY: the header was just made, nobody else has it.
        unsafe { view.0.as_mut().dtype = dtype };
        Some(view)
    }

    /// Shape and strides.
    #[inline(always)]
    pub fn layout(&self) -> &Layout {
        &self.header().layout
    }

    /// Sizes.
    #[inline(always)]
    pub fn shape(&self) -> &[usize] {
        self.layout().shape()
    }

    /// Number of elements.
    #[inline(always)]
    pub fn numel(&self) -> usize {
        self.layout().numel()
    }

    /// Element type.
    #[inline(always)]
    pub fn dtype(&self) -> DType {
        self.header().dtype
    }

    /// Address of the first element.
    #[inline(always)]
    pub fn data_ptr(&self) -> *mut u8 {
        self.header().data
    }

    /// Distance of the first element from the start of the storage, in elements.
    pub fn storage_offset(&self) -> usize {
        (self.data_ptr() as usize - self.base() as usize) / self.dtype().size()
    }

    /// Where the elements of the storage start.
    #[inline(always)]
    fn base(&self) -> *mut u8 {
        // SAFETY: a header keeps its storage alive.
        unsafe { Storage::base(self.header().storage) }
    }

    /// Bytes of the whole storage.
    pub fn storage_bytes(&self) -> usize {
        self.storage().bytes()
    }

    /// Whether the memory belongs to someone who does not allow writes.
    pub fn is_read_only(&self) -> bool {
        // SAFETY: set once, freed with the storage.
        unsafe { self.storage().extra.load(Ordering::Acquire).as_ref() }.is_some_and(|extra| extra.read_only)
    }

    /// Address of the storage: equal for arrays that share one.
    pub fn storage_id(&self) -> usize {
        self.header().storage.as_ptr() as usize
    }

    /// Writes into the storage so far.
    pub fn version(&self) -> u32 {
        self.storage().version.get()
    }

    /// Recorded writes into the storage so far.
    #[inline(always)]
    pub(crate) fn history(&self) -> u32 {
        self.storage().history.get()
    }

    /// Notes a recorded write; returns the new count.
    pub(crate) fn bump_history(&self) -> u32 {
        let s = self.storage();
        s.history.inc();
        s.history.get()
    }

    /// Whether nobody else holds this array or its storage, so that its elements may be overwritten unseen.
    #[inline(always)]
    pub(crate) fn is_unique(&self) -> bool {
        self.header().count.get() == 1
            && self.storage().count.get() == 1
            && self.storage().extra.load(Ordering::Relaxed).is_null()
    }

    /// Handles to this very header plus other headers over the storage: 2 for an array nobody else knows.
    pub(crate) fn sharers(&self) -> u32 {
        self.header().count.get() + self.storage().count.get()
    }

    /// Whether both are the same header.
    #[inline(always)]
    pub fn same(&self, other: &Array) -> bool {
        self.0 == other.0
    }

    /// What tells this header from others that live now.
    pub fn id(&self) -> usize {
        self.0.as_ptr() as usize
    }

    fn extra(&self) -> &Extra {
        let slot = &self.storage().extra;
        let mut p = slot.load(Ordering::Acquire);
        if p.is_null() {
            let fresh = Box::into_raw(Box::<Extra>::default());
            match slot.compare_exchange(std::ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => p = fresh,
                Err(other) => {
                    // SAFETY: never published.
                    drop(unsafe { Box::from_raw(fresh) });
                    p = other;
                }
            }
        }
        // SAFETY: set once, freed with the storage.
        unsafe { &*p }
    }

    /// Registers one more kept value of the current version; pair with [`Array::unkeep`].
    #[inline(always)]
    pub(crate) fn keep(&self) -> u32 {
        let s = self.storage();
        s.kept.inc();
        s.version.get()
    }

    /// Whether keeping this view would hold much more memory than its elements take.
    #[inline(always)]
    pub(crate) fn is_small_view(&self) -> bool {
        let own = self.numel() * self.dtype().size();
        self.storage().bytes() > INLINE && own * 4 < self.storage().bytes()
    }

    /// The value at `version`, kept before.
    #[inline(always)]
    pub(crate) fn kept_value(&self, version: u32) -> Array {
        if self.storage().version.get() == version {
            return self.clone();
        }
        self.frozen_value(version)
    }

    #[cold]
    fn frozen_value(&self, version: u32) -> Array {
        let frozen = self.extra().frozen.lock().unwrap_or_else(|e| e.into_inner());
        let Some(entry) = frozen.iter().find(|f| f.version == version) else { return self.clone() };
        let Some(copy) = &entry.copy else { return self.clone() };
        let shift = self.data_ptr() as isize - self.base() as isize;
        let mut view = copy.view(self.layout().clone(), 0);
        // SAFETY: the header is fresh and ours alone; the copy has the bytes of the storage, so the shift stays inside.
        unsafe {
            let h = view.0.as_mut();
            h.dtype = self.dtype();
            h.data = h.data.wrapping_offset(shift);
        }
        view
    }

    /// Gives one kept value of `version` back.
    #[inline(always)]
    pub(crate) fn unkeep(&self, version: u32) {
        let s = self.storage();
        if s.version.get() == version {
            let _ = s.kept.dec();
        } else {
            self.unkeep_frozen(version);
        }
    }

    #[cold]
    fn unkeep_frozen(&self, version: u32) {
        let mut frozen = self.extra().frozen.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(at) = frozen.iter().position(|f| f.version == version) {
            frozen[at].users -= 1;
            if frozen[at].users == 0 {
                frozen.swap_remove(at);
            }
        }
    }

    /// Must come before every write through this library: sets kept values of the present version aside.
    pub(crate) fn prepare_write(&self) -> Result<()> {
        let s = self.storage();
        let extra = s.extra.load(Ordering::Acquire);
        // SAFETY: set once, freed with the storage.
        if let Some(extra) = unsafe { extra.as_ref() } {
            if extra.read_only {
                return Err(Error::runtime(
                    "the tensor shares memory with a read-only array and cannot be written; try clone() first",
                ));
            }
            if extra.inference && !crate::mode::is_inference() {
                return Err(Error::runtime(
                    "Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone to get a \
                     normal tensor before doing inplace update",
                ));
            }
        }
        let users = s.kept.get();
        if users > 0 {
            let copy = Array::empty(Layout::contiguous(&[s.bytes()])?, DType::Bool)?;
            // SAFETY: both have `bytes` bytes and are disjoint.
            unsafe { std::ptr::copy_nonoverlapping(self.base(), copy.data_ptr(), s.bytes()) };
            if crate::tap::listening() {
                crate::tap::freeze(self, &copy);
            }
            let mut frozen = self.extra().frozen.lock().unwrap_or_else(|e| e.into_inner());
            frozen.push(Frozen { version: s.version.get(), users, copy: Some(copy) });
            s.kept.set(0);
        }
        s.version.set(s.version.get().wrapping_add(1));
        Ok(())
    }

    /// After a write by somebody else: kept values of the version before are lost, and rules that need them say so.
    pub fn written_by_others(&self) {
        let s = self.storage();
        let users = s.kept.get();
        if users > 0 {
            let mut frozen = self.extra().frozen.lock().unwrap_or_else(|e| e.into_inner());
            frozen.push(Frozen { version: s.version.get(), users, copy: None });
            s.kept.set(0);
        }
        s.version.set(s.version.get().wrapping_add(1));
    }

    /// Whether a kept value of `version` was lost in a write by somebody else.
    #[cold]
    pub(crate) fn is_lost(&self, version: u32) -> bool {
        let frozen = self.extra().frozen.lock().unwrap_or_else(|e| e.into_inner());
        frozen.iter().any(|f| f.version == version && f.copy.is_none())
    }

    /// Takes the last [`prepare_write`](Self::prepare_write) back, after which nothing was written, nor kept or let go.
    #[cold]
    pub(crate) fn unprepare_write(&self) {
        let s = self.storage();
        let before = s.version.get().wrapping_sub(1);
        let extra = s.extra.load(Ordering::Acquire);
        if !extra.is_null() {
            let mut frozen = self.extra().frozen.lock().unwrap_or_else(|e| e.into_inner());
            if frozen.last().is_some_and(|f| f.version == before)
                && let Some(last) = frozen.pop()
            {
                s.kept.set(last.users);
            }
        }
        s.version.set(before);
    }

    /// The whole storage as bytes range, for overlap tests and sharing: (base, bytes).
    pub fn storage_range(&self) -> (*mut u8, usize) {
        (self.base(), self.storage().bytes())
    }
}

impl Clone for Array {
    #[inline(always)]
    fn clone(&self) -> Self {
        self.header().count.inc();
        Array(self.0)
    }
}

impl Drop for Array {
    #[inline(always)]
    fn drop(&mut self) {
        if self.header().count.dec() {
            // SAFETY: the last handle.
            unsafe { drop_header(self.0) };
        }
    }
}

/// # Safety
/// The last handle of `header` is gone.
unsafe fn drop_header(header: NonNull<Header>) {
    // SAFETY: the header is still intact; it is freed below or together with its storage's block.
    unsafe {
        let p = header.as_ptr();
        let storage = (*p).storage;
        std::ptr::drop_in_place(&raw mut (*p).layout);
        let embedded = storage.as_ptr().cast::<u8>().add(offset_of!(Block, header)) == p.cast::<u8>();
        if !embedded {
            memory::small_free(header.cast(), size_of::<Header>());
        }
        if storage.as_ref().count.dec() {
            drop_storage(storage);
        }
    }
}

/// # Safety
/// The last header over `storage` is gone.
unsafe fn drop_storage(storage: NonNull<Storage>) {
    // SAFETY: nobody refers to the storage any more; memory goes back the way it was had.
    unsafe {
        let s = storage.as_ptr();
        let (base, size) = (Storage::base(storage), (*s).size);
        let extra = (*s).extra.load(Ordering::Acquire);
        let mut foreign = false;
        if !extra.is_null() {
            let extra = Box::from_raw(extra);
            foreign = extra.owner.is_some();
        }
        if size & FAR != 0 && !foreign {
            memory::free(NonNull::new_unchecked(base), size & !FAR);
        }
        memory::small_free(storage.cast(), block_bytes(size));
    }
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Array({}, {:?})", self.dtype().name(), self.shape())
    }
}
