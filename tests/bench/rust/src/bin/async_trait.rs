//! The workloads of tests/bench with Rust's async_trait, and the static ones with plain async
//! functions. The placements ending in -park run under a waker that other threads may use.

use async_trait::async_trait;
use bench_rust::{block_on, opaque, opaque_ref, park, Row, Yield, CHAIN, ITEMS, PLACE};
use futures::future::ready;
use futures::stream::{Stream, StreamExt};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

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
    NapAdd {
        last,
        a,
        b,
        napped: false,
    }
    .await
    .wrapping_add(1)
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

// ---- streams ----

/// Two streams of 64 items that then begin anew.
#[derive(Default)]
struct Up(u32);
#[derive(Default)]
struct Down(u32);

#[inline]
fn count_next(at: &mut u32, sign: u32) -> Option<u32> {
    if *at == ITEMS {
        *at = 0;
        return None;
    }
    let value = opaque(*at).wrapping_mul(sign);
    *at += 1;
    Some(value)
}

impl Stream for Up {
    type Item = u32;
    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(count_next(&mut self.0, 1))
    }
}

impl Stream for Down {
    type Item = u32;
    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(count_next(&mut self.0, u32::MAX))
    }
}

#[async_trait(?Send)]
trait Numbers {
    async fn next(&mut self) -> Option<u32>;
}

#[async_trait(?Send)]
impl Numbers for Up {
    async fn next(&mut self) -> Option<u32> {
        count_next(&mut self.0, 1)
    }
}

#[async_trait(?Send)]
impl Numbers for Down {
    async fn next(&mut self) -> Option<u32> {
        count_next(&mut self.0, u32::MAX)
    }
}

async fn stream_static(loops: u32, stream: &mut Up) -> u32 {
    let mut acc = 0u32;
    for _ in 0..loops {
        while let Some(item) = StreamExt::next(stream).await {
            acc = acc.wrapping_add(item);
        }
    }
    acc
}

async fn stream_poll(loops: u32, stream: &mut (dyn Stream<Item = u32> + Unpin)) -> u32 {
    let mut acc = 0u32;
    for _ in 0..loops {
        while let Some(item) = StreamExt::next(stream).await {
            acc = acc.wrapping_add(item);
        }
    }
    acc
}

async fn stream_next(loops: u32, stream: &mut dyn Numbers) -> u32 {
    let mut acc = 0u32;
    for _ in 0..loops {
        while let Some(item) = stream.next().await {
            acc = acc.wrapping_add(item);
        }
    }
    acc
}

// ---- runs ----

fn concrete<T>(which: bool, run: impl FnOnce(&Plus) -> T) -> T {
    let both = [Plus::default(), Plus::default()];
    run(opaque_ref(&both[usize::from(which)]))
}

fn make_leaf(which: bool) -> Box<dyn Adder> {
    if which {
        Box::<Plus>::default()
    } else {
        Box::<Minus>::default()
    }
}

fn make_nap(which: bool) -> Box<dyn Adder> {
    if which {
        Box::<NapPlus>::default()
    } else {
        Box::<NapMinus>::default()
    }
}

fn drive(loops: u32, object: Box<dyn Adder>) -> u32 {
    block_on(dyn_loop(loops, opaque_ref(&*object)))
}

fn drive_park(loops: u32, object: Box<dyn Adder>) -> u32 {
    park::block_on(dyn_loop(loops, opaque_ref(&*object)))
}

fn run_stream_poll(loops: u32, which: bool) -> u32 {
    let mut stream: Box<dyn Stream<Item = u32> + Unpin> = if which {
        Box::<Up>::default()
    } else {
        Box::<Down>::default()
    };
    block_on(stream_poll(loops, std::hint::black_box(&mut *stream)))
}

/// By poll_next itself, without a future for each item.
async fn flow_poll(loops: u32, stream: &mut (dyn Stream<Item = u32> + Unpin)) -> u32 {
    let (mut loops, mut acc) = (loops, 0u32);
    std::future::poll_fn(move |cx| {
        while loops > 0 {
            match Pin::new(&mut *stream).poll_next(cx) {
                Poll::Ready(Some(item)) => acc = acc.wrapping_add(item),
                Poll::Ready(None) => loops -= 1,
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(acc)
    })
    .await
}

fn run_flow_poll(loops: u32, which: bool) -> u32 {
    let mut stream: Box<dyn Stream<Item = u32> + Unpin> = if which {
        Box::<Up>::default()
    } else {
        Box::<Down>::default()
    };
    block_on(flow_poll(loops, std::hint::black_box(&mut *stream)))
}

async fn flow_chain(loops: u32, by: u32) -> u32 {
    let mut acc = 0u32;
    for _ in 0..loops {
        let chain = Up::default()
            .map(move |x| x.wrapping_mul(by))
            .filter(|x| ready(x & 1 == 1))
            .take(ITEMS as usize / 2);
        acc = acc.wrapping_add(chain.fold(0u32, |sum, x| ready(sum.wrapping_add(x))).await);
    }
    acc
}

/// Each stage boxed, for the next one.
async fn flow_chain_dyn(loops: u32, by: u32) -> u32 {
    let mut acc = 0u32;
    for _ in 0..loops {
        let source = Up::default().boxed_local();
        let tripled = source.map(move |x| x.wrapping_mul(by)).boxed_local();
        let odds = tripled.filter(|x| ready(x & 1 == 1)).boxed_local();
        let chain = odds.take(ITEMS as usize / 2).boxed_local();
        let chain = std::hint::black_box(chain);
        acc = acc.wrapping_add(chain.fold(0u32, |sum, x| ready(sum.wrapping_add(x))).await);
    }
    acc
}

fn run_stream_next(loops: u32, which: bool) -> u32 {
    let mut stream: Box<dyn Numbers> = if which {
        Box::<Up>::default()
    } else {
        Box::<Down>::default()
    };
    block_on(stream_next(loops, std::hint::black_box(&mut *stream)))
}

#[cfg(not(feature = "mimalloc"))]
const PARK: &str = "heap-park";
#[cfg(feature = "mimalloc")]
const PARK: &str = "mimalloc-park";

fn main() {
    // The static workloads do not allocate: once, with the heap, is enough.
    let fixed: &[Row] = &[
        ("static_leaf", "none", |n, w| {
            concrete(w, |t| block_on(static_leaf(n, t)))
        }),
        ("static_chain", "none", |n, w| {
            concrete(w, |t| block_on(static_chain(n, t)))
        }),
        ("chain8", "none", |n, w| {
            concrete(w, |t| block_on(chain8(n, t)))
        }),
        ("stream_static", "none", |n, _| {
            block_on(stream_static(n, std::hint::black_box(&mut Up::default())))
        }),
        ("stream_poll", "none", run_stream_poll),
        ("flow_static", "none", |n, _| {
            block_on(stream_static(n, std::hint::black_box(&mut Up::default())))
        }),
        ("flow_poll", "none", run_flow_poll),
        ("flow_next", "none", run_stream_poll),
        ("flow_chain", "none", |n, w| {
            block_on(flow_chain(n, if w { 3 } else { 5 }))
        }),
    ];
    let boxed: &[Row] = &[
        ("dyn_leaf", PLACE, |n, w| drive(n, make_leaf(w))),
        ("dyn_yield", PLACE, |n, w| drive(n, make_nap(w))),
        ("dyn_chain", PLACE, |n, w| drive(n, chain(make_leaf(w)))),
        ("dyn_chain_wait", PLACE, |n, w| drive(n, chain(make_nap(w)))),
        ("stream_next", PLACE, run_stream_next),
        ("flow_chain_dyn", PLACE, |n, w| {
            block_on(flow_chain_dyn(n, if w { 3 } else { 5 }))
        }),
        ("dyn_yield", PARK, |n, w| drive_park(n, make_nap(w))),
        ("dyn_chain_wait", PARK, |n, w| {
            drive_park(n, chain(make_nap(w)))
        }),
    ];
    let rows = if PLACE == "heap" {
        [fixed, boxed].concat()
    } else {
        boxed.to_vec()
    };
    bench_rust::main(&rows);
}
