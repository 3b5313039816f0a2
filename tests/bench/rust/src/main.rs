//! The workloads of tests/bench with Rust's async_trait. Command line as in bench.h.
//!
//! The block_on is the cheapest that runs these workloads: a waker that sets a flag of this thread,
//! no atomic operation, nothing allocated. `dyn_yield park` and `dyn_chain_wait park` use one that
//! other threads may wake, as in the documentation of std::task::Wake.

use async_trait::async_trait;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};
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

const CHAIN: usize = 10;

fn opaque(mut x: u32) -> u32 {
    unsafe { std::arch::asm!("/* {0:e} */", inout(reg) x, options(nomem, nostack, preserves_flags)) }
    x
}

fn opaque_ref<T: ?Sized>(x: &T) -> &T {
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

fn block_on_flag<F: Future>(f: F) -> F::Output {
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

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark()
    }
    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark()
    }
}

fn block_on_park<F: Future>(f: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut f = f;
    let mut f = unsafe { Pin::new_unchecked(&mut f) };
    loop {
        if let Poll::Ready(v) = f.as_mut().poll(&mut cx) {
            return v;
        }
        std::thread::park();
    }
}

/// Wakes itself and waits once.
struct Yield(bool);

impl Future for Yield {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

// ---- the interface and its implementations ----

#[async_trait(?Send)]
trait Adder {
    async fn add(&self, a: u32, b: u32) -> u32;
}

#[derive(Default)]
struct Plus(Cell<u32>);
#[derive(Default)]
struct Minus(Cell<u32>);
#[derive(Default)]
struct NapPlus(Cell<u32>);
#[derive(Default)]
struct NapMinus(Cell<u32>);
struct Link(Box<dyn Adder>);

#[async_trait(?Send)]
impl Adder for Plus {
    async fn add(&self, a: u32, b: u32) -> u32 {
        self.0.set(a.wrapping_add(b));
        self.0.get()
    }
}

#[async_trait(?Send)]
impl Adder for Minus {
    async fn add(&self, a: u32, b: u32) -> u32 {
        self.0.set(a.wrapping_sub(b));
        self.0.get()
    }
}

#[async_trait(?Send)]
impl Adder for NapPlus {
    async fn add(&self, a: u32, b: u32) -> u32 {
        Yield(false).await;
        self.0.set(a.wrapping_add(b));
        self.0.get()
    }
}

#[async_trait(?Send)]
impl Adder for NapMinus {
    async fn add(&self, a: u32, b: u32) -> u32 {
        Yield(false).await;
        self.0.set(a.wrapping_sub(b));
        self.0.get()
    }
}

#[async_trait(?Send)]
impl Adder for Link {
    async fn add(&self, a: u32, b: u32) -> u32 {
        self.0.add(a, b).await.wrapping_add(1)
    }
}

// ---- static ----

async fn leaf(t: &Plus, a: u32, b: u32) -> u32 {
    t.0.set(a.wrapping_add(b));
    t.0.get()
}

macro_rules! level {
    ($name:ident, $child:ident) => {
        async fn $name(t: &Plus, a: u32, b: u32) -> u32 {
            $child(t, a, b).await.wrapping_add(1)
        }
    };
}
level!(level1, leaf);
level!(level2, level1);
level!(level3, level2);
level!(level4, level3);
level!(level5, level4);
level!(level6, level5);
level!(level7, level6);
level!(level8, level7);
level!(level9, level8);

/// The leaf under the chain of eight: wakes itself, waits once, adds.
struct NapAdd<'a> {
    last: &'a Cell<u32>,
    a: u32,
    b: u32,
    napped: bool,
}

impl Future for NapAdd<'_> {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        if !self.napped {
            self.napped = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.last.set(self.a.wrapping_add(self.b));
        Poll::Ready(self.last.get())
    }
}

async fn near1(last: &Cell<u32>, a: u32, b: u32) -> u32 {
    NapAdd { last, a, b, napped: false }.await.wrapping_add(1)
}

macro_rules! near {
    ($name:ident, $child:ident) => {
        async fn $name(last: &Cell<u32>, a: u32, b: u32) -> u32 {
            $child(last, a, b).await.wrapping_add(1)
        }
    };
}
near!(near2, near1);
near!(near3, near2);
near!(near4, near3);
near!(near5, near4);
near!(near6, near5);
near!(near7, near6);
near!(near8, near7);

/// The frame's place is opaque, as in the C programs: else nothing of the chain is left.
async fn chain8(loops: u32, t: &Plus) -> u32 {
    let mut acc = 0;
    for i in 0..loops {
        let mut f = near8(&t.0, acc, opaque(i));
        acc = std::hint::black_box(unsafe { Pin::new_unchecked(&mut f) }).await;
    }
    acc
}

async fn static_leaf(loops: u32, t: &Plus) -> u32 {
    let mut acc = 0;
    for i in 0..loops {
        acc = leaf(t, acc, opaque(i)).await;
    }
    acc
}

async fn static_chain(loops: u32, t: &Plus) -> u32 {
    let mut acc = 0;
    for i in 0..loops {
        acc = level9(t, acc, opaque(i)).await;
    }
    acc
}

async fn dyn_loop(loops: u32, t: &dyn Adder) -> u32 {
    let mut acc = 0;
    for i in 0..loops {
        acc = t.add(acc, opaque(i)).await;
    }
    acc
}

fn chain(mut object: Box<dyn Adder>) -> Box<dyn Adder> {
    for _ in 1..CHAIN {
        object = Box::new(Link(object));
    }
    object
}

#[cfg(feature = "mimalloc")]
const PLACE: &str = "mimalloc";
#[cfg(not(feature = "mimalloc"))]
const PLACE: &str = "heap";

const WORKLOADS: [&str; 7] =
    ["static_leaf", "static_chain", "chain8", "dyn_leaf", "dyn_yield", "dyn_chain", "dyn_chain_wait"];

fn run(workload: &str, loops: u32, which: bool, park: bool) -> u32 {
    let leaf: Box<dyn Adder> =
        if which { Box::<Plus>::default() } else { Box::<Minus>::default() };
    let nap: Box<dyn Adder> =
        if which { Box::<NapPlus>::default() } else { Box::<NapMinus>::default() };
    let concrete = [Plus::default(), Plus::default()];
    let concrete = opaque_ref(&concrete[usize::from(which)]);
    let object = match workload {
        "static_leaf" => return block_on_flag(static_leaf(loops, concrete)),
        "static_chain" => return block_on_flag(static_chain(loops, concrete)),
        "chain8" => return block_on_flag(chain8(loops, concrete)),
        "dyn_leaf" => leaf,
        "dyn_yield" => nap,
        "dyn_chain" => chain(leaf),
        "dyn_chain_wait" => chain(nap),
        _ => panic!("no such workload"),
    };
    let object = opaque_ref(&*object);
    if park {
        block_on_park(dyn_loop(loops, object))
    } else {
        block_on_flag(dyn_loop(loops, object))
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args.len() == 2 && args[1] == "list" {
        for w in WORKLOADS {
            println!("{} {}", w, if w.starts_with("dyn") { PLACE } else { "none" });
        }
        println!("dyn_yield {}-park", PLACE);
        println!("dyn_chain_wait {}-park", PLACE);
        return;
    }
    let loops: u32 = args[3].parse().expect("loops");
    // One block of each size stays, as in the C programs.
    let kept: Vec<Vec<u8>> = (1..=16).map(|i| Vec::with_capacity(16 * i)).collect();
    let kept = std::hint::black_box(kept);
    let begin = Instant::now();
    let sum = run(&args[1], loops, args.len() == 4, args[2].ends_with("park"));
    println!("{} {}", sum, begin.elapsed().as_nanos());
    drop(kept);
}
