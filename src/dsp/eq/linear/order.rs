//! Linear-phase kernels designed on another thread.
//!
//! [`KernelQueue`] stays with the equaliser on the audio thread: it orders kernels and takes them over
//! when they are due. [`KernelWorker`] designs them on the designer thread.

use super::kernel::{BLOCK, Curves, Designer, Kernel, Step};
use crate::units::{SampleRate, Seconds};
use rtrb::{Consumer, Producer, PushError, RingBuffer};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How long before its time a kernel of an automated band is ordered: enough for the designer
/// thread to wake up and to design eight bands.
const AHEAD: Seconds = Seconds(0.040);
/// Maximum number of pending orders. A jump makes earlier orders stale, and several jumps may
/// happen while one kernel is designed.
const ORDERS: usize = 128;

/// When a kernel becomes active.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    /// With the first block after a jump, without a fade.
    AtOnce,
    /// At the end of the block with this number.
    Block(u64),
}

#[derive(Clone, Copy)]
struct Order {
    jump: u64,
    due: Due,
    curves: Curves,
}

/// A finished kernel and the order that it answers.
struct Ready {
    jump: u64,
    due: Due,
    kernel: Box<Kernel>,
}

/// The audio thread's side: sends orders and receives kernels. It never allocates or waits.
pub struct KernelQueue {
    orders: Producer<Order>,
    ready: Consumer<Ready>,
    spent: Producer<Box<Kernel>>,
    /// Number of jumps so far; orders from before the last jump are stale.
    jump: Arc<AtomicU64>,
    block: u64,
    /// Orders since the last jump whose kernel has not been taken over, oldest first.
    awaited: VecDeque<Due>,
    ordered: Option<Curves>,
    /// How many blocks ahead of the sound the curves arrive; 0 without automation.
    ahead: u64,
}

/// How many blocks ahead the kernels of automated bands are ordered.
pub fn blocks_ahead(rate: SampleRate) -> usize {
    (AHEAD.frames(rate).0 as usize).div_ceil(BLOCK)
}

/// A kernel that is due, and whether it becomes active without a fade.
pub struct Takeover {
    pub kernel: Box<Kernel>,
    pub at_once: bool,
}

impl KernelQueue {
    /// The two sides for one equaliser. `moves` tells that automation changes the curves.
    pub fn new(step: Step, rate: SampleRate, moves: bool) -> (Self, KernelWorker) {
        let ahead = if moves { blocks_ahead(rate) } else { 0 };
        let (orders, ordered) = RingBuffer::new(ORDERS);
        let (made, ready) = RingBuffer::new(ORDERS);
        let (spent, used) = RingBuffer::new(ORDERS);
        let jump = Arc::new(AtomicU64::new(0));
        let bench = KernelWorker {
            designer: None,
            step,
            rate,
            orders: ordered,
            made,
            used,
            jump: Arc::clone(&jump),
        };
        let desk = Self {
            orders,
            ready,
            spent,
            jump,
            block: 0,
            awaited: VecDeque::with_capacity(ahead + 4),
            ordered: None,
            ahead: ahead as u64,
        };
        (desk, bench)
    }

    /// How many frames ahead of the sound the curves must arrive.
    pub fn frames_ahead(&self) -> usize {
        self.ahead as usize * BLOCK
    }

    /// Maximum number of awaited orders.
    fn most(&self) -> usize {
        self.ahead as usize + 1
    }

    /// After a jump: drops all pending orders and orders the first kernel.
    pub fn jump(&mut self, curves: &Curves) {
        self.jump.fetch_add(1, Ordering::Relaxed);
        self.awaited.clear();
        self.ordered = None;
        self.order(Due::AtOnce, curves);
    }

    /// Orders the kernel for the end of block `n`, counted from the current one.
    pub fn order_for(&mut self, n: usize, curves: &Curves) {
        self.order(Due::Block(self.block + n as u64), curves);
    }

    fn order(&mut self, due: Due, curves: &Curves) {
        if self.ordered == Some(*curves) {
            return;
        }
        let order = Order { jump: self.jump.load(Ordering::Relaxed), due, curves: *curves };
        // If the queue is full, the next block tries again.
        if self.orders.push(order).is_ok() {
            self.ordered = Some(*curves);
            self.awaited.push_back(due);
        }
    }

    /// Call at the end of each block, with the curves for the block `ahead` blocks later.
    pub fn next_block(&mut self, curves: &Curves) {
        // A designer that falls behind gets no more orders than it can finish in that time.
        if self.awaited.len() < self.most() {
            self.order(Due::Block(self.block + self.ahead), curves);
        }
        self.block += 1;
    }

    fn is_due(&self, due: Due) -> bool {
        match due {
            Due::AtOnce => true,
            Due::Block(block) => block <= self.block,
        }
    }

    /// Whether every kernel that the next block needs is designed. Also true when the workbench is
    /// gone.
    pub fn is_ready(&mut self) -> bool {
        self.clear_stale();
        let due = self.awaited.iter().filter(|due| self.is_due(**due)).count();
        // Taking the kernels that are due makes room for the next order.
        let room = self.awaited.len() - due < self.most();
        (self.ready.slots() >= due && room) || self.ready.is_abandoned()
    }

    /// The next kernel that is due, if it is designed.
    pub fn take_due(&mut self) -> Option<Takeover> {
        self.clear_stale();
        if !self.is_due(self.ready.peek().ok()?.due) {
            return None;
        }
        let Ready { due, kernel, .. } = self.ready.pop().ok()?;
        self.awaited.pop_front();
        Some(Takeover { kernel, at_once: due == Due::AtOnce })
    }

    fn clear_stale(&mut self) {
        let now = self.jump.load(Ordering::Relaxed);
        while self.ready.peek().is_ok_and(|ready| ready.jump != now) {
            if let Ok(ready) = self.ready.pop() {
                self.give_back(ready.kernel);
            }
        }
    }

    /// Returns a kernel that is no longer in use, to be filled again.
    pub fn give_back(&mut self, kernel: Box<Kernel>) {
        if let Err(PushError::Full(kernel)) = self.spent.push(kernel) {
            // Cannot happen with this queue size. Leak the memory rather than free it on the audio
            // thread.
            std::mem::forget(kernel);
        }
    }
}

/// The designer thread's side.
pub struct KernelWorker {
    /// Made with the first order.
    designer: Option<Box<Designer>>,
    step: Step,
    rate: SampleRate,
    orders: Consumer<Order>,
    made: Producer<Ready>,
    used: Consumer<Box<Kernel>>,
    jump: Arc<AtomicU64>,
}

impl KernelWorker {
    /// Handles the oldest order. Returns false if there is none, or no room for the result.
    pub fn work(&mut self) -> bool {
        if self.made.is_full() {
            return false;
        }
        let Ok(Order { jump, due, curves }) = self.orders.pop() else { return false };
        if jump != self.jump.load(Ordering::Relaxed) {
            return true;
        }
        let mut kernel = self.used.pop().unwrap_or_else(|_| Box::new(Kernel::silent()));
        let (step, rate) = (self.step, self.rate);
        let designer = self.designer.get_or_insert_with(|| Box::new(Designer::new(step, rate)));
        designer.design(&curves, &mut kernel);
        // Cannot fail: the queue had room above, and only this side fills it.
        let _ = self.made.push(Ready { jump, due, kernel });
        true
    }

    /// Whether the equaliser no longer exists.
    pub fn is_abandoned(&self) -> bool {
        self.orders.is_abandoned()
    }
}
