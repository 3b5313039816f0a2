//! The dyn workloads with futures boxed by hand: hand-written types, in Box<dyn Future>. What a
//! method can compute at once is computed in the call.

use bench_rust::{block_on, opaque, opaque_ref, CHAIN, ITEMS, PLACE};
use std::cell::Cell;
use std::future::{ready, Future};
use std::pin::Pin;
use std::task::{Context, Poll};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

trait Adder {
    fn add(&self, a: u32, b: u32) -> Boxed<'_, u32>;
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

impl Adder for Plus {
    fn add(&self, a: u32, b: u32) -> Boxed<'_, u32> {
        self.0.set(a.wrapping_add(b));
        Box::pin(ready(self.0.get()))
    }
}

impl Adder for Minus {
    fn add(&self, a: u32, b: u32) -> Boxed<'_, u32> {
        self.0.set(a.wrapping_sub(b));
        Box::pin(ready(self.0.get()))
    }
}

/// Wakes itself, waits once, stores the value that was computed before.
struct Nap<'a> {
    last: &'a Cell<u32>,
    value: u32,
    napped: bool,
}

impl Future for Nap<'_> {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        if !self.napped {
            self.napped = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.last.set(self.value);
        Poll::Ready(self.last.get())
    }
}

impl Adder for NapPlus {
    fn add(&self, a: u32, b: u32) -> Boxed<'_, u32> {
        Box::pin(Nap {
            last: &self.0,
            value: a.wrapping_add(b),
            napped: false,
        })
    }
}

impl Adder for NapMinus {
    fn add(&self, a: u32, b: u32) -> Boxed<'_, u32> {
        Box::pin(Nap {
            last: &self.0,
            value: a.wrapping_sub(b),
            napped: false,
        })
    }
}

/// Adds 1 to what the next link gives.
struct PlusOne<'a>(Boxed<'a, u32>);

impl Future for PlusOne<'_> {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        self.0.as_mut().poll(cx).map(|r| r.wrapping_add(1))
    }
}

impl Adder for Link {
    fn add(&self, a: u32, b: u32) -> Boxed<'_, u32> {
        Box::pin(PlusOne(self.0.add(a, b)))
    }
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

trait Numbers {
    fn next(&mut self) -> Boxed<'_, Option<u32>>;
}

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

impl Numbers for Up {
    fn next(&mut self) -> Boxed<'_, Option<u32>> {
        Box::pin(ready(count_next(&mut self.0, 1)))
    }
}

impl Numbers for Down {
    fn next(&mut self) -> Boxed<'_, Option<u32>> {
        Box::pin(ready(count_next(&mut self.0, u32::MAX)))
    }
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

fn run_stream_next(loops: u32, which: bool) -> u32 {
    let mut stream: Box<dyn Numbers> = if which {
        Box::<Up>::default()
    } else {
        Box::<Down>::default()
    };
    block_on(stream_next(loops, std::hint::black_box(&mut *stream)))
}

fn main() {
    bench_rust::main(&[
        ("dyn_leaf", PLACE, |n, w| drive(n, make_leaf(w))),
        ("dyn_yield", PLACE, |n, w| drive(n, make_nap(w))),
        ("dyn_chain", PLACE, |n, w| drive(n, chain(make_leaf(w)))),
        ("dyn_chain_wait", PLACE, |n, w| drive(n, chain(make_nap(w)))),
        ("stream_next", PLACE, run_stream_next),
    ]);
}
