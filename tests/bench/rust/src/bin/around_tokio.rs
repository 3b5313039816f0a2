//! The workloads channel_... and pool_... of around/channels.h and around/pools.h on tokio, with
//! as many workers.

use bench_rust::{opaque, Row, PLACE};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::mpsc::{channel, unbounded_channel, Receiver, Sender, UnboundedReceiver};
use tokio::sync::Notify;
use tokio::task::{yield_now, JoinHandle};

const ROOM: usize = 64;
const AT_ONCE: u32 = 64;
const PRODUCERS: u32 = 4;
const WORKERS: usize = 2;
const BATCH: u32 = 1000;
const YIELDERS: u32 = 64;

fn one_thread() -> Runtime {
    Builder::new_current_thread().build().expect("runtime")
}

fn pool(workers: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(workers)
        .build()
        .expect("runtime")
}

async fn take<I: IntoIterator<Item = JoinHandle<u32>>>(handles: I) -> u32 {
    let mut sum = 0u32;
    for handle in handles {
        sum = sum.wrapping_add(handle.await.expect("ended"));
    }
    sum
}

// ---- channels ----

async fn produce(tx: Sender<u32>, first: u32, step: u32, end: u32) {
    let mut at = first;
    while at < end {
        tx.send(opaque(at)).await.expect("open");
        at += step;
    }
}

async fn consume(mut rx: Receiver<u32>) -> u32 {
    let mut sum = 0u32;
    while let Some(item) = rx.recv().await {
        sum = sum.wrapping_add(item);
    }
    sum
}

/// Without waiting, but for a yield now and then.
async fn pour(tx: UnboundedSender<u32>, first: u32, step: u32, end: u32) {
    let (mut at, mut sent) = (first, 0u32);
    while at < end {
        tx.send(opaque(at)).expect("open");
        at += step;
        sent += 1;
        if sent % AT_ONCE == 0 {
            yield_now().await;
        }
    }
}

async fn drain(mut rx: UnboundedReceiver<u32>) -> u32 {
    let mut sum = 0u32;
    while let Some(item) = rx.recv().await {
        sum = sum.wrapping_add(item);
    }
    sum
}

fn bounded(rt: &Runtime, producers: u32, loops: u32) -> u32 {
    let (tx, rx) = channel(ROOM);
    let sum = rt.spawn(consume(rx));
    for first in 0..producers {
        rt.spawn(produce(tx.clone(), first, producers, loops));
    }
    drop(tx);
    rt.block_on(sum).expect("ended")
}

fn unbounded(rt: &Runtime, producers: u32, loops: u32) -> u32 {
    let (tx, rx) = unbounded_channel();
    let sum = rt.spawn(drain(rx));
    for first in 0..producers {
        rt.spawn(pour(tx.clone(), first, producers, loops));
    }
    drop(tx);
    rt.block_on(sum).expect("ended")
}

// ---- the pool ----

async fn small(n: u32) -> u32 {
    n
}

fn pool_spawn(loops: u32) -> u32 {
    let rt = pool(WORKERS);
    let (mut i, mut sum) = (0, 0u32);
    while i < loops {
        let end = loops.min(i + BATCH);
        let handles: Vec<_> = (i..end).map(|n| rt.spawn(small(opaque(n)))).collect();
        sum = sum.wrapping_add(rt.block_on(take(handles)));
        i = end;
    }
    sum
}

async fn spawns(loops: u32) -> u32 {
    let (mut i, mut sum) = (0, 0u32);
    while i < loops {
        let end = loops.min(i + BATCH);
        let handles: Vec<_> = (i..end).map(|n| tokio::spawn(small(opaque(n)))).collect();
        sum = sum.wrapping_add(take(handles).await);
        i = end;
    }
    sum
}

fn pool_spawn_inside(loops: u32) -> u32 {
    let rt = pool(WORKERS);
    let handle = rt.spawn(spawns(loops));
    rt.block_on(take([handle]))
}

async fn yields(times: u32) -> u32 {
    for _ in 0..times {
        yield_now().await;
    }
    times
}

fn pool_yield(loops: u32) -> u32 {
    let rt = pool(WORKERS);
    let handles: Vec<_> = (0..YIELDERS)
        .map(|i| rt.spawn(yields((loops + i) / YIELDERS)))
        .collect();
    rt.block_on(take(handles))
}

async fn ping(mine: Arc<Notify>, other: Arc<Notify>, rounds: u32) -> u32 {
    for _ in 0..rounds {
        other.notify_one();
        mine.notified().await;
    }
    rounds
}

async fn pong(mine: Arc<Notify>, other: Arc<Notify>, rounds: u32) -> u32 {
    for _ in 0..rounds {
        mine.notified().await;
        other.notify_one();
    }
    rounds
}

fn run_ping(a: &Runtime, b: &Runtime, rounds: u32) -> u32 {
    let told = [Arc::new(Notify::new()), Arc::new(Notify::new())];
    let handles = [
        a.spawn(ping(told[0].clone(), told[1].clone(), rounds)),
        b.spawn(pong(told[1].clone(), told[0].clone(), rounds)),
    ];
    a.block_on(take(handles))
}

fn pool_wakes(rounds: u32) -> u32 {
    let rt = pool(WORKERS);
    run_ping(&rt, &rt, rounds)
}

/// Between runtimes of one worker each, so that every wake is another thread's.
fn pool_wakes_across(rounds: u32) -> u32 {
    run_ping(&pool(1), &pool(1), rounds)
}

fn main() {
    let rows: &[Row] = &[
        ("channel_bounded", "shared", |n, _| {
            bounded(&one_thread(), 1, n)
        }),
        ("channel_unbounded", "shared", |n, _| {
            unbounded(&one_thread(), 1, n)
        }),
        ("channel_bounded", "pool", |n, _| {
            bounded(&pool(WORKERS), PRODUCERS, n)
        }),
        ("channel_unbounded", "pool", |n, _| {
            unbounded(&pool(WORKERS), PRODUCERS, n)
        }),
        ("pool_spawn", "pool", |n, _| pool_spawn(n)),
        ("pool_spawn_inside", "pool", |n, _| pool_spawn_inside(n)),
        ("pool_yield", "pool", |n, _| pool_yield(n)),
        ("pool_wakes", "pool", |n, _| pool_wakes(n)),
        ("pool_wakes_across", "pool", |n, _| pool_wakes_across(n)),
    ];
    // Measured with the C heap, as the other side is.
    bench_rust::main(if PLACE == "heap" { rows } else { &[] });
}
