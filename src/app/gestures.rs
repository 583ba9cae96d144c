//! Decides where an undo step begins and ends ([`Gestures`]). Widgets only report changes; changes
//! within one gesture are undone together.
//!
//! A gesture is a pointer from press to release; a burst of wheel turns or arrow keys with pauses
//! below [`BURST`]; or the text typed into one field. Any other change is a step of its own.

use crate::session::history::Gesture;
use egui::{Context, Event, Id, Key};

/// Pause between two wheel turns or arrow keys that ends a burst, in seconds.
const BURST: f64 = 0.4;
/// UI frames closer than this follow each other faster than a person clicks, in seconds.
const SOON: f64 = 0.1;
/// Undo steps in this many close UI frames in a row are one gesture cut into pieces.
const TOO_MANY: u32 = 3;

/// Input of a person in one UI frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Doing {
    pressed: bool,
    /// The pointer is down, or was released in this UI frame.
    held: bool,
    /// The wheel was turned, an arrow or page key was pressed, or an accessibility tool asked for
    /// something.
    turned: bool,
    /// The text field that has the keyboard.
    field: Option<Id>,
}

#[derive(Debug, Default)]
pub struct Gestures {
    /// The last gesture number.
    number: Gesture,
    doing: Doing,
    /// Current gestures of pointer, wheel and keys, and typing; each may continue after UI frames
    /// without input.
    pressed: Gesture,
    burst: Gesture,
    typed: Gesture,
    /// Time of the last wheel turn or arrow key, in seconds.
    turned: Option<f64>,
    /// Close UI frames in a row in which undo steps began, and the time of the last UI frame.
    row: u32,
    pictured: f64,
}

impl Gestures {
    /// Reads the input; called once per UI frame, before anything is drawn.
    pub fn look(&mut self, ctx: &Context) {
        let field = ctx.memory(|memory| memory.focused()).filter(|_| ctx.text_edit_focused());
        let (doing, now) = ctx.input(|input| {
            let turns = |event: &Event| match event {
                Event::MouseWheel { .. } => true,
                Event::Key { key, pressed, .. } => *pressed && STEPS.contains(key),
                Event::AccessKitActionRequest(_) => true,
                _ => false,
            };
            let pointer = &input.pointer;
            let doing = Doing {
                pressed: pointer.any_pressed(),
                held: pointer.any_down() || pointer.any_released(),
                turned: input.events.iter().any(turns),
                field,
            };
            (doing, input.time)
        });
        self.take(doing, now);
    }

    fn next(&mut self) -> Gesture {
        self.number += 1;
        self.number
    }

    fn take(&mut self, doing: Doing, now: f64) {
        if doing.pressed {
            self.pressed = self.next();
        }
        if doing.turned {
            // In slow UI frames, turns in two consecutive ones still belong to one burst.
            let goes_on = self.doing.turned;
            if !goes_on && self.turned.is_none_or(|last| now - last > BURST) {
                self.burst = self.next();
            }
            self.turned = Some(now);
        }
        if doing.field != self.doing.field {
            self.typed = self.next();
        }
        self.doing = doing;
    }

    /// Gesture of a change that a person makes now.
    pub fn current(&mut self) -> Gesture {
        match self.doing {
            Doing { held: true, .. } => self.pressed,
            Doing { turned: true, .. } => self.burst,
            Doing { field: Some(_), .. } => self.typed,
            _ => self.next(),
        }
    }

    /// A new gesture, for a change that does not come from input.
    pub fn own(&mut self) -> Gesture {
        self.next()
    }

    /// Called at the end of each UI frame; `began` says whether an undo step began in it. A debug
    /// build panics when one gesture was split into steps.
    pub fn stepped(&mut self, began: bool, now: f64) {
        // In slow UI frames, steps in a row may be separate clicks.
        let soon = now - std::mem::replace(&mut self.pictured, now) < SOON;
        self.row = match began {
            true if soon => self.row + 1,
            true => 1,
            false => 0,
        };
        debug_assert!(self.row < TOO_MANY, "one gesture became a row of undo steps");
    }
}

/// Keys that change a value step by step.
const STEPS: [Key; 6] =
    [Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight, Key::PageUp, Key::PageDown];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(gestures: &mut Gestures, now: f64, doing: Doing) -> Gesture {
        gestures.take(doing, now);
        gestures.current()
    }

    const HELD: Doing = Doing { pressed: false, held: true, turned: false, field: None };
    const TURNED: Doing = Doing { pressed: false, held: false, turned: true, field: None };
    const IDLE: Doing = Doing { pressed: false, held: false, turned: false, field: None };

    #[test]
    fn a_pointer_from_down_to_up_is_one_gesture() {
        let mut gestures = Gestures::default();
        let first = at(&mut gestures, 0.0, Doing { pressed: true, ..HELD });
        assert_eq!(at(&mut gestures, 5.0, HELD), first);
        assert_eq!(at(&mut gestures, 9.0, Doing { turned: true, ..HELD }), first);
        assert_ne!(at(&mut gestures, 9.1, Doing { pressed: true, ..HELD }), first);
    }

    #[test]
    fn a_burst_of_the_wheel_is_one_gesture_until_it_rests() {
        let mut gestures = Gestures::default();
        let first = at(&mut gestures, 1.0, TURNED);
        // UI frames between two notches, with and without changes.
        assert_ne!(at(&mut gestures, 1.1, IDLE), first);
        gestures.take(IDLE, 1.2);
        assert_eq!(at(&mut gestures, 1.39, TURNED), first);
        assert_eq!(at(&mut gestures, 1.78, TURNED), first);
        gestures.take(IDLE, 2.0);
        assert_ne!(at(&mut gestures, 2.2, TURNED), first);
    }

    #[test]
    fn what_is_typed_into_one_field_is_one_gesture() {
        let mut gestures = Gestures::default();
        let typing = |field: &str| Doing { field: Some(Id::unique(field)), ..IDLE };
        let first = at(&mut gestures, 0.0, typing("title"));
        assert_eq!(at(&mut gestures, 60.0, typing("title")), first);
        let second = at(&mut gestures, 61.0, typing("artist"));
        assert_ne!(second, first);
        assert_ne!(at(&mut gestures, 62.0, IDLE), second);
    }

    #[test]
    fn what_no_hand_moves_stands_alone() {
        let mut gestures = Gestures::default();
        let first = at(&mut gestures, 0.0, Doing { pressed: true, ..HELD });
        let own = gestures.own();
        assert!(own != first && gestures.current() != own && gestures.own() != own);
        assert_ne!(at(&mut gestures, 0.1, IDLE), at(&mut gestures, 0.2, IDLE));
    }

    #[test]
    fn turns_in_slow_pictures_after_one_another_are_one_gesture() {
        let mut gestures = Gestures::default();
        let first = at(&mut gestures, 1.0, TURNED);
        assert_eq!(at(&mut gestures, 1.9, TURNED), first);
        (0..9).for_each(|n| gestures.stepped(true, f64::from(n)));
    }

    #[test]
    #[should_panic(expected = "a row of undo steps")]
    fn a_gesture_that_is_cut_into_steps_is_noticed() {
        let mut gestures = Gestures::default();
        (0..4).for_each(|n| gestures.stepped(true, f64::from(n) / 60.0));
    }
}
