//! Many tasks on the crate futures: its single-threaded executor, with join handles.

use bench_rust::event::{client, make_gate, Event, Gate};
use bench_rust::{opaque, PLACE};
use futures::executor::LocalPool;
use futures::future::{FutureExt, RemoteHandle};
use futures::task::LocalSpawnExt;
use std::future::Future;

fn run<F: Future<Output = u32> + 'static>(
    tasks: u32,
    which: bool,
    make: fn(&'static dyn Gate, u32) -> F,
) -> u32 {
    let event: &'static Event = Box::leak(Box::default());
    let gate = make_gate(event, which);
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    let mut handles: Vec<RemoteHandle<u32>> = Vec::with_capacity(tasks as usize);
    for i in 0..tasks {
        let n = opaque(i);
        handles.push(
            spawner
                .spawn_local_with_handle(make(gate, n))
                .expect("spawn"),
        );
    }
    pool.run_until_stalled();
    event.set();
    pool.run();
    handles.into_iter().fold(0u32, |sum, handle| {
        sum.wrapping_add(handle.now_or_never().expect("ended"))
    })
}

fn main() {
    bench_rust::main(&[
        ("many", PLACE, |tasks, which| run(tasks, which, client)),
        ("many_call", PLACE, |tasks, which| {
            run(tasks, which, |gate, n| gate.pass(n))
        }),
    ]);
}
