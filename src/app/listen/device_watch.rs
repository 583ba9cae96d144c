//! State of the sound device ([`DeviceWatch`]): the chosen settings, the open device and its load,
//! messages about it, and the wait for a lost device to return. Short-lived threads list devices
//! and look for the lost one; `Desk::hear` reopens it.

use crate::playback::DeviceState;
use crate::playback::device::{DeviceSettings, System, is_there, survey};
use crate::texts::say;
use crate::units::Seconds;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Interval between two looks for a lost device.
const LOOK: Duration = Duration::from_secs(1);

/// Answers of the threads.
enum DeviceEvent {
    Systems(Vec<System>),
    Back,
}

pub struct DeviceWatch {
    pub wish: DeviceSettings,
    /// The available sound systems; `None` until the first survey.
    pub systems: Option<Vec<System>>,
    /// The device that is open or was open last.
    pub device: Option<DeviceState>,
    /// Share of the buffer time that the audio callback uses: lately, and at worst.
    pub load: (f32, f32),
    /// Messages that were not shown yet.
    said: Vec<String>,
    /// Name of the lost device, while its return is awaited.
    waiting: Option<String>,
    back: bool,
    sender: Sender<DeviceEvent>,
    receiver: Receiver<DeviceEvent>,
}

impl DeviceWatch {
    pub fn new(wish: DeviceSettings) -> Self {
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

    /// Returns the new messages and clears them.
    pub fn take_said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Returns once whether the lost device has come back.
    pub fn take_back(&mut self) -> bool {
        std::mem::take(&mut self.back)
    }

    fn work(&self, work: impl FnOnce(&Sender<DeviceEvent>) + Send + 'static) {
        let sender = self.sender.clone();
        let started =
            std::thread::Builder::new().name("devices".into()).spawn(move || work(&sender));
        // Without the thread the list of devices stays empty; playback does not depend on it.
        drop(started);
    }

    /// Lists the available devices on a thread; repaints the window when the list is known.
    pub fn survey(&self, ctx: &egui::Context) {
        let ctx = ctx.clone();
        self.work(move |sender| {
            // The receiver is gone if the window closed meanwhile.
            let _ = sender.send(DeviceEvent::Systems(survey()));
            ctx.request_repaint();
        });
    }

    pub(super) fn hear(&mut self) {
        while let Ok(heard) = self.receiver.try_recv() {
            match heard {
                DeviceEvent::Systems(systems) => self.systems = Some(systems),
                DeviceEvent::Back => {
                    if let Some(name) = self.waiting.take() {
                        self.said.push(say!("act-is-back", name = name));
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
            self.said.push(say!("act-chosen-device-not-there", name = &device.name));
            self.wait_for(self.wish.clone(), say!("act-chosen-device").into());
        }
    }

    /// Reports the loss of the open device, with the playhead if it was playing, and waits for it.
    pub(super) fn lost(&mut self, playing: bool, at: Seconds) {
        let name =
            self.device.as_ref().map_or(say!("act-sound-device").into(), |open| open.name.clone());
        self.said.push(match playing {
            true => say!("act-device-gone-at", name = &name, time = format!("{at:.1}")),
            false => say!("act-device-gone", name = &name),
        });
        self.wait_for(self.wish.clone(), name);
    }

    fn wait_for(&mut self, wish: DeviceSettings, name: String) {
        if self.waiting.is_some() || wish.device.is_none() {
            return;
        }
        self.waiting = Some(name);
        self.work(move |sender| {
            while !is_there(&wish) {
                std::thread::sleep(LOOK);
            }
            let _ = sender.send(DeviceEvent::Back);
        });
    }
}
