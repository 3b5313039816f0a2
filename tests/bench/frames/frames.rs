//! The functions of the frame table as Rust's async functions; frames.async.c and frames.cpp hold
//! the same ones, line by line. Prints "name bytes result" for each. std only: rustc -O frames.rs.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

// ---- what they stand on ----

/// Suspends once, gives value + 1.
struct Leaf {
    value: u32,
    polled: u32,
}

fn leaf(value: u32) -> Leaf {
    Leaf { value, polled: 0 }
}

impl Future for Leaf {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        if self.polled != 0 {
            return Poll::Ready(self.value.wrapping_add(1));
        }
        self.polled = 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[inline(never)]
fn fill(a: &mut [u8], seed: u32) {
    for (i, byte) in a.iter_mut().enumerate() {
        *byte = seed.wrapping_add(7 * i as u32) as u8;
    }
}

#[inline(never)]
fn total(a: &[u8]) -> u32 {
    a.iter().map(|&byte| u32::from(byte)).sum()
}

#[derive(Clone, Copy)]
struct Block {
    bytes: [u8; 128],
}

#[derive(Clone, Copy)]
struct Reply {
    ok: bool,
    value: u32,
}

struct Counter {
    n: u32,
}

/// As async_trait writes it.
trait Adder {
    fn add<'a>(&'a self, a: u32, b: u32) -> Pin<Box<dyn Future<Output = u32> + 'a>>;
}

struct Plus {
    extra: u32,
}

impl Adder for Plus {
    fn add<'a>(&'a self, a: u32, b: u32) -> Pin<Box<dyn Future<Output = u32> + 'a>> {
        Box::pin(async move { leaf(a.wrapping_add(b)).await.wrapping_add(self.extra) })
    }
}

/// Both, as futures::future::join does it.
enum MaybeDone<F: Future> {
    Running(F),
    Done(F::Output),
    Gone,
}

impl<F: Future> MaybeDone<F> {
    fn done(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = unsafe { self.get_unchecked_mut() };
        if let MaybeDone::Running(f) = this {
            match unsafe { Pin::new_unchecked(f) }.poll(cx) {
                Poll::Ready(value) => *this = MaybeDone::Done(value),
                Poll::Pending => return false,
            }
        }
        true
    }
    fn take(self: Pin<&mut Self>) -> F::Output {
        match std::mem::replace(unsafe { self.get_unchecked_mut() }, MaybeDone::Gone) {
            MaybeDone::Done(value) => value,
            _ => unreachable!(),
        }
    }
}

struct Join<A: Future, B: Future>(MaybeDone<A>, MaybeDone<B>);

fn join<A: Future, B: Future>(a: A, b: B) -> Join<A, B> {
    Join(MaybeDone::Running(a), MaybeDone::Running(b))
}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = unsafe { self.get_unchecked_mut() };
        let mut a = unsafe { Pin::new_unchecked(&mut this.0) };
        let mut b = unsafe { Pin::new_unchecked(&mut this.1) };
        let first = a.as_mut().done(cx);
        if b.as_mut().done(cx) && first {
            return Poll::Ready((a.take(), b.take()));
        }
        Poll::Pending
    }
}

// ---- callees that are large: an array of theirs lives across their await ----

async fn large_a(x: u32) -> u32 {
    let mut a = [0u8; 128];
    fill(&mut a, x);
    let r = leaf(x).await;
    r.wrapping_add(total(&a))
}

async fn large_b(x: u32) -> u32 {
    let mut a = [0u8; 96];
    fill(&mut a, x);
    let r = leaf(x).await;
    r.wrapping_add(total(&a))
}

async fn make_block(x: u32) -> Block {
    let mut b = Block { bytes: [0; 128] };
    let r = leaf(x).await;
    fill(&mut b.bytes, r);
    b
}

async fn step(x: i32) -> Result<i32, i32> {
    let r = leaf(x as u32).await;
    if r > 1000 {
        Err(-5)
    } else {
        Ok(r as i32)
    }
}

async fn query(x: u32) -> Reply {
    let r = leaf(x).await;
    Reply { ok: r % 3 == 0, value: r }
}

// ---- the table ----

async fn once(x: u32) -> u32 {
    leaf(x).await
}

async fn array_live(x: u32) -> u32 {
    let mut a = [0u8; 64];
    fill(&mut a, x);
    let r = leaf(x).await;
    r.wrapping_add(total(&a))
}

async fn array_dead(x: u32) -> u32 {
    let s;
    {
        let mut a = [0u8; 64];
        fill(&mut a, x);
        s = total(&a);
    }
    let r = leaf(x).await;
    r.wrapping_add(s)
}

async fn array_dead_in_scope(x: u32) -> u32 {
    let mut a = [0u8; 64];
    fill(&mut a, x);
    let s = total(&a);
    let r = leaf(x).await;
    r.wrapping_add(s)
}

#[allow(clippy::too_many_arguments)]
async fn args_before(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64) -> u32 {
    let s = a + b + c + d + e + f + g + h;
    leaf(s as u32).await
}

#[allow(clippy::too_many_arguments)]
async fn args_across(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64) -> u32 {
    let r = leaf(1).await;
    (u64::from(r) + a + b + c + d + e + f + g + h) as u32
}

async fn two_large(x: u32) -> u32 {
    let a = large_a(x).await;
    let b = large_b(a).await;
    a.wrapping_add(b)
}

async fn four_large(x: u32) -> u32 {
    let a = large_a(x).await;
    let b = large_b(a).await;
    let c = large_a(b).await;
    let d = large_b(c).await;
    a.wrapping_add(d)
}

async fn both_first(x: u32) -> u32 {
    let a = large_a(x);
    let b = large_b(x);
    let first = a.await;
    first.wrapping_add(b.await)
}

async fn level1(x: u32) -> u32 {
    leaf(x).await.wrapping_add(1)
}
async fn level2(x: u32) -> u32 {
    level1(x).await.wrapping_add(1)
}
async fn level3(x: u32) -> u32 {
    level2(x).await.wrapping_add(1)
}
async fn level4(x: u32) -> u32 {
    level3(x).await.wrapping_add(1)
}
async fn levels(x: u32) -> u32 {
    level4(x).await.wrapping_add(1)
}

async fn args1(a: u64, b: u64, c: u32) -> u32 {
    let r = leaf(c).await;
    r.wrapping_add((a ^ b) as u32).wrapping_add(c)
}
async fn args2(a: u64, b: u64, c: u32) -> u32 {
    let r = args1(a + 1, b, c).await;
    r.wrapping_add((a ^ b) as u32).wrapping_add(c)
}
async fn args3(a: u64, b: u64, c: u32) -> u32 {
    let r = args2(a + 1, b, c).await;
    r.wrapping_add((a ^ b) as u32).wrapping_add(c)
}
async fn args4(a: u64, b: u64, c: u32) -> u32 {
    let r = args3(a + 1, b, c).await;
    r.wrapping_add((a ^ b) as u32).wrapping_add(c)
}
async fn levels_args(a: u64, b: u64, c: u32) -> u32 {
    let r = args4(a + 1, b, c).await;
    r.wrapping_add((a ^ b) as u32).wrapping_add(c)
}

async fn arrays1(x: u32) -> u32 {
    let mut a = [0u8; 32];
    fill(&mut a, x);
    let r = leaf(x).await;
    r.wrapping_add(total(&a))
}
async fn arrays2(x: u32) -> u32 {
    let mut a = [0u8; 32];
    fill(&mut a, x);
    let r = arrays1(x).await;
    r.wrapping_add(total(&a))
}
async fn arrays3(x: u32) -> u32 {
    let mut a = [0u8; 32];
    fill(&mut a, x);
    let r = arrays2(x).await;
    r.wrapping_add(total(&a))
}
async fn arrays4(x: u32) -> u32 {
    let mut a = [0u8; 32];
    fill(&mut a, x);
    let r = arrays3(x).await;
    r.wrapping_add(total(&a))
}
async fn levels_arrays(x: u32) -> u32 {
    let mut a = [0u8; 32];
    fill(&mut a, x);
    let r = arrays4(x).await;
    r.wrapping_add(total(&a))
}

async fn loop_sum(n: u32) -> u32 {
    let mut acc = 0u32;
    for i in 0..n {
        let r = leaf(i).await;
        acc = acc.wrapping_add(r);
    }
    acc
}

async fn loop_array(n: u32) -> u32 {
    let mut acc = 0u32;
    for i in 0..n {
        let mut a = [0u8; 64];
        fill(&mut a, i);
        let r = leaf(i).await;
        acc = acc.wrapping_add(r).wrapping_add(total(&a));
    }
    acc
}

async fn switch_arms(which: u32, x: u32) -> u32 {
    match which {
        0 => leaf(x).await,
        1 => large_a(x).await,
        2 => {
            let mut a = [0u8; 48];
            fill(&mut a, x);
            let r = leaf(x).await;
            r.wrapping_add(total(&a))
        }
        _ => {
            let p = u64::from(x) * 3;
            let q = u64::from(x) + 5;
            let r = leaf(x).await;
            r.wrapping_add((p ^ q) as u32)
        }
    }
}

async fn conditions(x: u32) -> u32 {
    if leaf(x).await > 3 && large_b(x).await != 0 {
        let mut a = [0u8; 40];
        fill(&mut a, x);
        let r = leaf(x).await;
        r.wrapping_add(total(&a))
    } else {
        large_a(x).await.wrapping_add(x)
    }
}

async fn large_result(x: u32) -> u32 {
    let b = make_block(x).await;
    let r = leaf(x).await;
    r.wrapping_add(total(&b.bytes))
}

async fn forward1(x: u32) -> Block {
    make_block(x).await
}
async fn forward2(x: u32) -> Block {
    forward1(x).await
}
async fn large_forwarded(x: u32) -> u32 {
    let b = forward2(x).await;
    total(&b.bytes)
}

impl Counter {
    async fn next(&mut self, by: u32) -> u32 {
        let r = leaf(by).await;
        self.n = self.n.wrapping_add(r);
        self.n
    }
    async fn two(&mut self, by: u32) -> u32 {
        let a = self.next(by).await;
        let b = self.next(a).await;
        a.wrapping_add(b).wrapping_add(self.n)
    }
}

async fn flags(x: u32) -> u32 {
    let a = x & 1 != 0;
    let b = x & 2 != 0;
    let c = x & 4 != 0;
    let d = (x >> 1) as u8;
    let e = (x * 3) as u16;
    let f = x * 5;
    let g = u64::from(x) * 7;
    let r = leaf(x).await;
    let s = leaf(r).await;
    s + u32::from(a) + u32::from(b) + u32::from(c) + u32::from(d) + u32::from(e) + f + g as u32
}

async fn mixed_sizes(x: u32) -> u32 {
    let a = u64::from(x) * 3;
    let b = (x >> 1) as u8;
    let c = x + 9;
    let d = (x * 3) as u16;
    let r = leaf(x).await;
    let e = a + u64::from(b) + u64::from(r);
    let f = (c & 7) as u8;
    let s = leaf(u32::from(d)).await;
    let g = u64::from(s) + e;
    let h = (s & 1) as u16;
    let t = leaf(u32::from(f)).await;
    t + (g as u32) + u32::from(h) + u32::from(f)
}

async fn disjoint_arrays(x: u32) -> u32 {
    let mut acc;
    {
        let mut a = [0u8; 64];
        fill(&mut a, x);
        acc = leaf(x).await;
        acc = acc.wrapping_add(total(&a));
    }
    {
        let mut a = [0u8; 48];
        fill(&mut a, acc);
        let r = leaf(acc).await;
        acc = acc.wrapping_add(r).wrapping_add(total(&a));
    }
    {
        let mut a = [0u8; 32];
        fill(&mut a, acc);
        let r = leaf(acc).await;
        acc = acc.wrapping_add(r).wrapping_add(total(&a));
    }
    acc
}

async fn disjoint_scalars(x: u32) -> u32 {
    let mut acc;
    {
        let p = u64::from(x) * 3;
        let q = u64::from(x) + 5;
        let s = u64::from(x) ^ 9;
        let r = leaf(x).await;
        acc = r.wrapping_add((p + q + s) as u32);
    }
    {
        let p = u64::from(acc) * 5;
        let q = u64::from(acc) + 7;
        let s = u64::from(acc) ^ 11;
        let r = leaf(acc).await;
        acc = r.wrapping_add((p + q + s) as u32);
    }
    acc
}

async fn self_pointer(x: u32) -> u32 {
    let mut a = [0u8; 32];
    fill(&mut a, x);
    let p = &mut a[5];
    let r = leaf(x).await;
    *p = p.wrapping_add(r as u8);
    total(&a)
}

async fn dyn_held(o: &dyn Adder, a: u32, b: u32) -> u32 {
    let k = u64::from(a) * 3;
    let r = o.add(a, b).await;
    r.wrapping_add(k as u32).wrapping_add(a)
}

async fn dyn_two(o: &dyn Adder, p: &dyn Adder, a: u32, b: u32) -> u32 {
    let r = o.add(a, b).await;
    let s = p.add(r, b).await;
    r.wrapping_add(s)
}

async fn join_two(x: u32) -> u32 {
    let (a, b) = join(leaf(x), large_b(x)).await;
    a.wrapping_add(b)
}

async fn early_error(x: i32) -> Result<i32, i32> {
    let a = step(x).await?;
    let b = step(a + 1).await?;
    let mut buffer = [0u8; 24];
    fill(&mut buffer, b as u32);
    let c = step(b + 1).await?;
    Ok(a + b + c + total(&buffer) as i32)
}

async fn retry(x: u32) -> u32 {
    for attempt in 0..3 {
        let r = query(x + attempt).await;
        if r.ok {
            return r.value;
        }
        leaf(10 << attempt).await;
    }
    0
}

// ---- the run ----

struct Nothing;

impl Wake for Nothing {
    fn wake(self: Arc<Self>) {}
}

fn run<F: Future<Output = u32>>(name: &str, future: F) {
    let bytes = std::mem::size_of_val(&future);
    let waker = Waker::from(Arc::new(Nothing));
    let mut cx = Context::from_waker(&waker);
    let mut future = Box::pin(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut cx) {
            println!("{name} {bytes} {result}");
            return;
        }
    }
}

/// early_error has another Output: measured itself, run through its value.
fn run_result<F: Future<Output = Result<i32, i32>>>(name: &str, future: F) {
    let bytes = std::mem::size_of_val(&future);
    let waker = Waker::from(Arc::new(Nothing));
    let mut cx = Context::from_waker(&waker);
    let mut future = Box::pin(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut cx) {
            let value = match result {
                Ok(value) => value,
                Err(code) => code,
            };
            println!("{name} {bytes} {}", value as u32);
            return;
        }
    }
}

fn main() {
    let plus = Plus { extra: 3 };
    let plus: &dyn Adder = &plus;
    let mut counter = Counter { n: 5 };
    run("once", once(4));
    run("array_live", array_live(4));
    run("array_dead", array_dead(4));
    run("array_dead_in_scope", array_dead_in_scope(4));
    run("args_before", args_before(1, 2, 3, 4, 5, 6, 7, 8));
    run("args_across", args_across(1, 2, 3, 4, 5, 6, 7, 8));
    run("two_large", two_large(4));
    run("four_large", four_large(4));
    run("both_first", both_first(4));
    run("levels", levels(4));
    run("levels_args", levels_args(1, 2, 3));
    run("levels_arrays", levels_arrays(4));
    run("loop_sum", loop_sum(10));
    run("loop_array", loop_array(10));
    run("switch_arms", switch_arms(1, 4));
    run("conditions", conditions(4));
    run("large_result", large_result(4));
    run("large_forwarded", large_forwarded(4));
    run("counter_next", counter.next(4));
    run("counter_two", counter.two(4));
    run("flags", flags(7));
    run("mixed_sizes", mixed_sizes(7));
    run("disjoint_arrays", disjoint_arrays(4));
    run("disjoint_scalars", disjoint_scalars(4));
    run("self_pointer", self_pointer(4));
    run("dyn_held", dyn_held(plus, 1, 2));
    run("dyn_two", dyn_two(plus, plus, 1, 2));
    run("join_two", join_two(4));
    run_result("early_error", early_error(4));
    run("retry", retry(4));
}
