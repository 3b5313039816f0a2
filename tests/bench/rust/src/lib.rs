//! What the Rust programs of tests/bench share: their command line (as in bench.h), the barrier
//! that keeps the optimiser from knowing the inputs, the global allocator, the cheapest block_on.

pub mod event;
pub mod park;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::time::Instant;

#[cfg(feature = "mimalloc")]
mod mimalloc {
    use std::alloc::{GlobalAlloc, Layout};
    #[link(name = "mimalloc")]
    extern "C" {
        fn mi_malloc(size: usize) -> *mut u8;
        fn mi_malloc_aligned(size: usize, align: usize) -> *mut u8;
        fn mi_free(p: *mut u8);
    }
    pub struct Mimalloc;
    unsafe impl GlobalAlloc for Mimalloc {
        #[inline]
        unsafe fn alloc(&self, l: Layout) -> *mut u8 {
            if l.align() <= 16 {
                mi_malloc(l.size())
            } else {
                mi_malloc_aligned(l.size(), l.align())
            }
        }
        #[inline]
        unsafe fn dealloc(&self, p: *mut u8, _: Layout) {
            mi_free(p)
        }
    }
    #[global_allocator]
    static GLOBAL: Mimalloc = Mimalloc;
}

#[cfg(feature = "mimalloc")]
pub const PLACE: &str = "mimalloc";
#[cfg(not(feature = "mimalloc"))]
pub const PLACE: &str = "heap";

/// Dyn or static calls, one inside the other.
pub const CHAIN: usize = 10;

/// Items of one stream.
pub const ITEMS: u32 = 64;

#[inline(always)]
pub fn opaque(mut x: u32) -> u32 {
    unsafe {
        std::arch::asm!("/* {0:e} */", inout(reg) x, options(nomem, nostack, preserves_flags))
    }
    x
}

#[inline(always)]
pub fn opaque_ref<T: ?Sized>(x: &T) -> &T {
    std::hint::black_box(x)
}

// ---- block_on ----

thread_local! { static WOKEN: Cell<bool> = const { Cell::new(false) }; }

unsafe fn flag_clone(p: *const ()) -> RawWaker {
    RawWaker::new(p, &FLAG)
}
unsafe fn flag_wake(p: *const ()) {
    (*(p as *const Cell<bool>)).set(true)
}
unsafe fn flag_drop(_: *const ()) {}
static FLAG: RawWakerVTable = RawWakerVTable::new(flag_clone, flag_wake, flag_wake, flag_drop);

/// A waker that sets a flag of this thread: no atomic operation, nothing allocated.
#[inline]
pub fn block_on<F: Future>(f: F) -> F::Output {
    WOKEN.with(|woken| {
        let raw = RawWaker::new(woken as *const Cell<bool> as *const (), &FLAG);
        let waker = unsafe { Waker::from_raw(raw) };
        let mut cx = Context::from_waker(&waker);
        let mut f = f;
        let mut f = unsafe { Pin::new_unchecked(&mut f) };
        loop {
            if let Poll::Ready(v) = f.as_mut().poll(&mut cx) {
                return v;
            }
            assert!(woken.replace(false), "nobody woke the task");
        }
    })
}

/// Wakes itself and waits once.
pub struct Yield(pub bool);

impl Future for Yield {
    type Output = ();
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

// ---- the command line ----

/// One workload in one placement: `run(loops, which)`, where `which` chooses the receiver.
pub type Row = (&'static str, &'static str, fn(u32, bool) -> u32);

pub fn main(rows: &[Row]) {
    let args: Vec<String> = std::env::args().collect();
    if args.len() == 2 && args[1] == "list" {
        for (workload, place, _) in rows {
            println!("{} {}", workload, place);
        }
        return;
    }
    let row = rows
        .iter()
        .find(|row| args.len() == 4 && row.0 == args[1] && row.1 == args[2]);
    let Some(row) = row else {
        eprintln!("usage: {} list | <workload> <placement> <loops>", args[0]);
        std::process::exit(2);
    };
    let loops: u32 = args[3].parse().expect("loops");
    // One block of each size stays, as in the C programs.
    let kept: Vec<Vec<u8>> = (1..=16).map(|i| Vec::with_capacity(16 * i)).collect();
    let kept = std::hint::black_box(kept);
    let begin = Instant::now();
    let sum = row.2(loops, args.len() == 4);
    println!("{} {}", sum, begin.elapsed().as_nanos());
    drop(kept);
}
