//! A manual-reset event of one thread, whose waiters are linked into it: what gate.h is in C. And
//! the interface whose async method waits for it.

use async_trait::async_trait;
use std::cell::Cell;
use std::future::Future;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::{null, null_mut};
use std::task::{Context, Poll, Waker};

pub struct Event {
    first: Cell<*mut Wait>,
    set: Cell<bool>,
}

/// Waits for the event: linked by its address, and so pinned.
pub struct Wait {
    event: *const Event, // null when the wait is over
    next: Cell<*mut Wait>,
    back: *const Cell<*mut Wait>, // the pointer that points here
    waker: Option<Waker>,
    _pinned: PhantomPinned,
}

// SAFETY: the programs here have one thread; only the type system of their executors asks.
unsafe impl Send for Wait {}
unsafe impl Sync for Event {}
unsafe impl Send for Event {}

impl Event {
    pub fn new() -> Event {
        Event {
            first: Cell::new(null_mut()),
            set: Cell::new(false),
        }
    }

    pub fn wait(&self) -> Wait {
        Wait {
            event: self,
            next: Cell::new(null_mut()),
            back: null(),
            waker: None,
            _pinned: PhantomPinned,
        }
    }

    /// Wakes who waits, last come first; the event stays set.
    pub fn set(&self) {
        self.set.set(true);
        while !self.first.get().is_null() {
            let wait = unsafe { &mut *self.first.get() };
            wait.unlink();
            wait.event = null();
            if let Some(waker) = wait.waker.take() {
                waker.wake();
            }
        }
    }
}

impl Default for Event {
    fn default() -> Event {
        Event::new()
    }
}

impl Wait {
    fn unlink(&mut self) {
        if self.back.is_null() {
            return;
        }
        let next = self.next.get();
        unsafe {
            (*self.back).set(next);
            if !next.is_null() {
                (*next).back = self.back;
            }
        }
        self.back = null();
    }
}

impl Future for Wait {
    type Output = ();
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = unsafe { self.get_unchecked_mut() };
        if this.event.is_null() || unsafe { (*this.event).set.get() } {
            return Poll::Ready(());
        }
        match &mut this.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => this.waker = Some(cx.waker().clone()),
        }
        if this.back.is_null() {
            let first = unsafe { &(*this.event).first };
            let next = first.get();
            this.next.set(next);
            this.back = first;
            if !next.is_null() {
                unsafe { (*next).back = &this.next };
            }
            first.set(this);
        }
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.unlink();
    }
}

#[async_trait]
pub trait Gate: Send + Sync {
    async fn pass(&self, n: u32) -> u32;
}

/// Two gates: what they let through they give back, with its sign or without.
pub struct Front(pub &'static Event);
pub struct Back(pub &'static Event);

#[async_trait]
impl Gate for Front {
    async fn pass(&self, n: u32) -> u32 {
        self.0.wait().await;
        n
    }
}

#[async_trait]
impl Gate for Back {
    async fn pass(&self, n: u32) -> u32 {
        self.0.wait().await;
        n.wrapping_neg()
    }
}

/// A gate that lives as long as the program: tasks must not borrow.
pub fn make_gate(event: &'static Event, which: bool) -> &'static dyn Gate {
    std::hint::black_box(if which {
        Box::leak(Box::new(Front(event)))
    } else {
        Box::leak(Box::new(Back(event)))
    })
}

/// A task that waits at a gate.
pub async fn client(gate: &'static dyn Gate, n: u32) -> u32 {
    gate.pass(n).await
}
