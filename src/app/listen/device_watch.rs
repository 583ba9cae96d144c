//! Watches the sound device and reopens it after a loss: which one is wished for, how it does, and when it is back.

use crate::playback::DeviceState;
use crate::playback::device::{System, Wish, is_there, survey};
use crate::units::Seconds;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How often a device that went away is looked for.
const LOOK: Duration = Duration::from_secs(1);

enum Heard {
    Systems(Vec<System>),
    Back,
}

pub struct DeviceWatch {
    pub wish: Wish,
    /// What there is; none until it was looked for.
    pub systems: Option<Vec<System>>,
    /// The device that is open, or was last.
    pub device: Option<DeviceState>,
    /// Share of its time that the callback needs, lately and at worst.
    pub load: (f32, f32),
    /// What a person should be told.
    said: Vec<String>,
    /// Name of a device that is waited for.
    waiting: Option<String>,
    back: bool,
    sender: Sender<Heard>,
    receiver: Receiver<Heard>,
}

impl DeviceWatch {
    pub fn new(wish: Wish) -> Self {
        let (sender, receiver) = channel();
        Self {
            wish,
            systems: None,
            device: None,
            load: (0.0, 0.0),
            said: Vec::new(),
            waiting: None,
            back: false,
            sender,
            receiver,
        }
    }

    pub fn say(&mut self, text: String) {
        self.said.push(text);
    }

    /// What is to be told now.
    pub fn take_said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether the device that was waited for has come back.
    pub fn take_back(&mut self) -> bool {
        std::mem::take(&mut self.back)
    }

    fn work(&self, work: impl FnOnce(&Sender<Heard>) + Send + 'static) {
        let sender = self.sender.clone();
        let started =
            std::thread::Builder::new().name("devices".into()).spawn(move || work(&sender));
        // Without a thread there is no list; playing does not depend on it.
        drop(started);
    }

    /// Looks for what there is; the window is painted again when it is known.
    pub fn survey(&self, ctx: &egui::Context) {
        let ctx = ctx.clone();
        self.work(move |sender| {
            // The window may be gone by then.
            let _ = sender.send(Heard::Systems(survey()));
            ctx.request_repaint();
        });
    }

    pub(super) fn hear(&mut self) {
        while let Ok(heard) = self.receiver.try_recv() {
            match heard {
                Heard::Systems(systems) => self.systems = Some(systems),
                Heard::Back => {
                    if let Some(name) = self.waiting.take() {
                        self.said.push(format!("{name} is back"));
                        self.back = true;
                    }
                }
            }
        }
    }

    pub(super) fn note(&mut self, device: DeviceState, load: (f32, f32)) {
        self.load = load;
        self.device = Some(device);
    }

    pub(super) fn opened(&mut self, device: &DeviceState) {
        if device.instead && self.waiting.is_none() {
            self.said.push(format!("The chosen sound device is not there; {} plays", device.name));
            self.wait_for(self.wish.clone(), "The chosen sound device".into());
        }
    }

    /// The device went away while it was open.
    pub(super) fn lost(&mut self, playing: bool, at: Seconds) {
        let name = self.device.as_ref().map_or("The sound device".into(), |open| open.name.clone());
        let stopped = if playing { format!(" at {at:.1}") } else { String::new() };
        self.said.push(format!(
            "{name} is gone; playing stopped{stopped}. Press play to go on with what there is; \
             it is used again once it is back"
        ));
        self.wait_for(self.wish.clone(), name);
    }

    fn wait_for(&mut self, wish: Wish, name: String) {
        if self.waiting.is_some() || wish.device.is_none() {
            return;
        }
        self.waiting = Some(name);
        self.work(move |sender| {
            while !is_there(&wish) {
                std::thread::sleep(LOOK);
            }
            let _ = sender.send(Heard::Back);
        });
    }
}
