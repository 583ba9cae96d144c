//! Kernels that are designed on another thread: the equaliser orders them, and takes them over
//! when they are there.

use super::kernel::{BLOCK, Curves, Designer, Kernel};
use crate::units::{SampleRate, Seconds};
use rtrb::{Consumer, Producer, PushError, RingBuffer};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How long before its time a kernel of a band that moves is ordered: enough for the designer to
/// wake up and to design eight bands.
const AHEAD: Seconds = Seconds(0.040);
/// Orders that may be under way. A jump makes those before it worthless, and several jumps may
/// follow each other while one kernel is designed.
const ORDERS: usize = 128;

/// When a kernel takes over.
#[derive(Clone, Copy, PartialEq)]
enum Due {
    /// With the first block after a jump: nothing was heard of another.
    AtOnce,
    /// At the end of this block.
    Block(u64),
}

#[derive(Clone, Copy)]
struct Order {
    jump: u64,
    due: Due,
    curves: Curves,
}

/// A kernel with the order that it answers.
struct Ready {
    jump: u64,
    due: Due,
    kernel: Box<Kernel>,
}

/// The audio thread's end: orders out, kernels in. Nothing here allocates or waits.
pub struct Desk {
    orders: Producer<Order>,
    ready: Consumer<Ready>,
    spent: Producer<Box<Kernel>>,
    /// Counts jumps; what was ordered before the last one is not wanted any more.
    jump: Arc<AtomicU64>,
    block: u64,
    /// What was ordered since the last jump and is not there yet, in order.
    awaited: VecDeque<Due>,
    ordered: Option<Curves>,
    /// Blocks that the curves which are given are ahead; none where nothing moves by itself.
    ahead: u64,
}

/// Blocks that kernels of moving bands are ordered ahead.
pub fn blocks_ahead(rate: SampleRate) -> usize {
    (AHEAD.frames(rate).0 as usize).div_ceil(BLOCK)
}

/// A kernel that is due, and whether it is faded to.
pub struct Takeover {
    pub kernel: Box<Kernel>,
    pub at_once: bool,
}

impl Desk {
    pub fn new(rate: SampleRate, moves: bool) -> (Self, Workbench) {
        let ahead = if moves { blocks_ahead(rate) } else { 0 };
        let (orders, ordered) = RingBuffer::new(ORDERS);
        let (made, ready) = RingBuffer::new(ORDERS);
        let (spent, used) = RingBuffer::new(ORDERS);
        let jump = Arc::new(AtomicU64::new(0));
        let bench = Workbench {
            designer: None,
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

    /// Frames that the curves are to be given ahead of the sound.
    pub fn frames_ahead(&self) -> usize {
        self.ahead as usize * BLOCK
    }

    fn most(&self) -> usize {
        self.ahead as usize + 1
    }

    /// A jump: all that is under way is forgotten, and the kernel to begin with is ordered.
    pub fn jump(&mut self, curves: &Curves) {
        self.jump.fetch_add(1, Ordering::Relaxed);
        self.awaited.clear();
        self.ordered = None;
        self.order(Due::AtOnce, curves);
    }

    /// Orders the kernel for the end of the `n`th block from now.
    pub fn order_for(&mut self, n: usize, curves: &Curves) {
        self.order(Due::Block(self.block + n as u64), curves);
    }

    fn order(&mut self, due: Due, curves: &Curves) {
        if self.ordered == Some(*curves) {
            return;
        }
        let order = Order { jump: self.jump.load(Ordering::Relaxed), due, curves: *curves };
        // Where the queue is full it is tried again with the next block.
        if self.orders.push(order).is_ok() {
            self.ordered = Some(*curves);
            self.awaited.push_back(due);
        }
    }

    /// A block is complete, and these are the curves for the one that is `ahead` of it.
    pub fn next_block(&mut self, curves: &Curves) {
        // A designer that cannot follow is not given more than it can do in that time.
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

    /// Whether the next block needs nothing that is still being designed. True where nobody
    /// designs any more.
    pub fn is_ready(&mut self) -> bool {
        self.clear_stale();
        let due = self.awaited.iter().filter(|due| self.is_due(**due)).count();
        // What is due makes room for the next order.
        let room = self.awaited.len() - due < self.most();
        (self.ready.slots() >= due && room) || self.ready.is_abandoned()
    }

    /// The next kernel that is due.
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

    /// A kernel that is not heard any more goes back to be used again.
    pub fn give_back(&mut self, kernel: Box<Kernel>) {
        if let Err(PushError::Full(kernel)) = self.spent.push(kernel) {
            // There are never so many; were there, memory is leaked rather than freed here.
            std::mem::forget(kernel);
        }
    }
}

/// The other end, for a thread that has time.
pub struct Workbench {
    /// Made with the first order.
    designer: Option<Box<Designer>>,
    rate: SampleRate,
    orders: Consumer<Order>,
    made: Producer<Ready>,
    used: Consumer<Box<Kernel>>,
    jump: Arc<AtomicU64>,
}

impl Workbench {
    /// Designs what was ordered first; false if there is nothing to do.
    pub fn work(&mut self) -> bool {
        if self.made.is_full() {
            return false;
        }
        let Ok(Order { jump, due, curves }) = self.orders.pop() else { return false };
        if jump != self.jump.load(Ordering::Relaxed) {
            return true;
        }
        let mut kernel = self.used.pop().unwrap_or_else(|_| Box::new(Kernel::silent()));
        let rate = self.rate;
        let designer = self.designer.get_or_insert_with(|| Box::new(Designer::new(rate)));
        designer.design(&curves, &mut kernel);
        // There is room: it was looked at before, and nobody else fills it.
        let _ = self.made.push(Ready { jump, due, kernel });
        true
    }

    /// Whether the equaliser is gone.
    pub fn is_abandoned(&self) -> bool {
        self.orders.is_abandoned()
    }
}
