//! Carries out [`SessionDeed`]: opens, saves and closes sessions, and answers the questions about
//! unsaved work and other windows.

use super::{elsewhere, pick};
use crate::app::act::documents::After;
use crate::app::deeds::SessionDeed;
use crate::app::desk::Desk;

pub fn act(desk: &mut Desk, deed: SessionDeed) {
    match deed {
        SessionDeed::Open(paths) => desk.open(paths),
        SessionDeed::Demo => desk.leave(After::Demo),
        SessionDeed::PickFolder => pick::folder(desk),
        SessionDeed::PickSession => pick::session(desk),
        SessionDeed::PickStems => pick::stems(desk),
        SessionDeed::PickStemsFolder => pick::stems_folder(desk),
        SessionDeed::Save => desk.save(),
        SessionDeed::PickSaveAs => pick::save_as(desk),
        SessionDeed::Close => desk.leave(After::Close),
        SessionDeed::Quit => desk.leave(After::Quit),
        SessionDeed::SaveAndGo => desk.save_and_go(),
        SessionDeed::GoWithoutSaving => desk.go_without_saving(),
        SessionDeed::Stay => desk.passage.leaving = None,
        SessionDeed::BringBack => desk.bring_back(),
        SessionDeed::LeaveAside => {
            if let Some(document) = &mut desk.document {
                document.forget_aside();
            }
        }
        SessionDeed::OnlyRead => desk.keeping.asked_elsewhere = None,
        SessionDeed::OpenCopy => {
            desk.keeping.asked_elsewhere = None;
            if let Some(document) = &mut desk.document {
                document.become_copy();
            }
        }
        SessionDeed::TakeOver => elsewhere::take(desk),
    }
}
