//! Many tasks on tokio: its single-threaded scheduler, with join handles.

use bench_rust::event::{client, make_gate, Event, Gate};
use bench_rust::{opaque, PLACE};
use std::future::Future;
use tokio::task::JoinHandle;

async fn run<F: Future<Output = u32> + Send + 'static>(
    tasks: u32,
    which: bool,
    make: fn(&'static dyn Gate, u32) -> F,
) -> u32 {
    let event: &'static Event = Box::leak(Box::default());
    let gate = make_gate(event, which);
    let mut handles: Vec<JoinHandle<u32>> = Vec::with_capacity(tasks as usize);
    for i in 0..tasks {
        let n = opaque(i);
        handles.push(tokio::spawn(make(gate, n)));
    }
    // Spawned last and run in order: behind its end every task waits.
    tokio::spawn(async {}).await.expect("run");
    event.set();
    let mut sum = 0u32;
    for handle in handles {
        sum = sum.wrapping_add(handle.await.expect("ended"));
    }
    sum
}

fn block_on<F: Future<Output = u32>>(f: F) -> u32 {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("runtime")
        .block_on(f)
}

fn main() {
    bench_rust::main(&[
        ("many", PLACE, |tasks, which| {
            block_on(run(tasks, which, client))
        }),
        ("many_call", PLACE, |tasks, which| {
            block_on(run(tasks, which, |gate, n| gate.pass(n)))
        }),
    ]);
}
