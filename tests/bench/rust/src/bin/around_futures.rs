//! The workloads set_... of around/sets.h on the crate futures: FuturesUnordered, of which one
//! member is woken at a time.

use bench_rust::{block_on, opaque, Row, PLACE};
use futures::stream::{FuturesUnordered, Stream};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What a member waits for.
#[derive(Default)]
struct Seat {
    waker: RefCell<Option<Waker>>,
    value: Cell<u32>,
    told: Cell<bool>,
}

/// What all members share: how many wait, and the sum of those that stay.
#[derive(Default)]
struct Shared {
    waiting: Cell<u32>,
    sum: Cell<u32>,
}

/// Ready when its seat is told; one that stays adds the value to the sum and waits again.
struct Sit<'a> {
    seats: &'a [Seat],
    at: usize,
    shared: &'a Shared,
    stays: bool,
}

impl Future for Sit<'_> {
    type Output = (usize, u32);
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<(usize, u32)> {
        let seat = &self.seats[self.at];
        if seat.told.replace(false) {
            if !self.stays {
                return Poll::Ready((self.at, seat.value.get()));
            }
            let sum = &self.shared.sum;
            sum.set(sum.get().wrapping_add(seat.value.get()));
        }
        let mut waker = seat.waker.borrow_mut();
        match &mut *waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => {
                self.shared.waiting.set(self.shared.waiting.get() + 1);
                *waker = Some(cx.waker().clone());
            }
        }
        Poll::Pending
    }
}

/// Wakes one seat a turn, `loops` times.
struct Tell<'a> {
    room: FuturesUnordered<Sit<'a>>,
    seats: &'a [Seat],
    shared: &'a Shared,
    loops: u32,
    done: u32,
    random: u32,
    sum: u32,
}

impl Future for Tell<'_> {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        let this = &mut *self;
        while let Poll::Ready(Some((at, value))) = Pin::new(&mut this.room).poll_next(cx) {
            this.sum = this.sum.wrapping_add(value);
            this.room.push(Sit {
                seats: this.seats,
                at,
                shared: this.shared,
                stays: false,
            });
        }
        let count = this.seats.len() as u32;
        if this.shared.waiting.get() < count {
            return Poll::Pending; // the set has not come to all of them yet
        }
        if this.done == this.loops {
            return Poll::Ready(this.sum.wrapping_add(this.shared.sum.get()));
        }
        this.random = this.random.wrapping_mul(1664525).wrapping_add(1013904223);
        let seat = &this.seats[((u64::from(this.random) * u64::from(count)) >> 32) as usize];
        seat.told.set(true);
        seat.value.set(opaque(this.done));
        this.done += 1;
        this.shared.waiting.set(this.shared.waiting.get() - 1);
        let waker = seat.waker.borrow_mut().take();
        waker.expect("waits").wake();
        Poll::Pending
    }
}

fn run(count: usize, stays: bool, loops: u32) -> u32 {
    let seats: Vec<Seat> = (0..count).map(|_| Seat::default()).collect();
    let shared = Shared::default();
    let room = FuturesUnordered::new();
    for at in 0..count {
        room.push(Sit {
            seats: &seats,
            at,
            shared: &shared,
            stays,
        });
    }
    block_on(Tell {
        room,
        seats: &seats,
        shared: &shared,
        loops,
        done: 0,
        random: 0,
        sum: 0,
    })
}

fn main() {
    let rows: &[Row] = &[
        ("set_wake", "10", |n, _| run(10, true, n)),
        ("set_wake", "1000", |n, _| run(1000, true, n)),
        ("set_wake", "10000", |n, _| run(10000, true, n)),
        ("set_turn", "10", |n, _| run(10, false, n)),
        ("set_turn", "1000", |n, _| run(1000, false, n)),
        ("set_turn", "10000", |n, _| run(10000, false, n)),
    ];
    // Measured with the C heap, as the other side is.
    bench_rust::main(if PLACE == "heap" { rows } else { &[] });
}
