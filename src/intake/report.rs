//! The report to the sender of the stems: findings in plain words, and what to export again. One
//! HTML file without scripts, pictures or external resources.

use crate::intake::examine::{Examination, StemReport};
use crate::intake::findings::{Finding, Kind, Mend, Severity};
use crate::media::tags::escaped;
use crate::session::Session;
use crate::units::Db;
use std::fmt::Write;

const STYLE: &str = include_str!("../../assets/pages/check.css");

/// Stems that only their sender can correct.
fn again(found: &Examination) -> Vec<&StemReport> {
    let ours = |finding: &Finding| {
        finding.severity < Severity::Caution
            || finding.kind == Kind::Role
            || finding.mend.as_ref().is_some_and(|mend| !matches!(mend, Mend::Rename { .. }))
    };
    found.stems.iter().filter(|stem| !stem.findings.iter().all(ours)).collect()
}

/// The request to the sender, in one sentence.
pub fn request(found: &Examination, refused: &[String]) -> String {
    let names: Vec<&str> = again(found).iter().map(|stem| stem.name.as_str()).collect();
    let count = names.len() + refused.len();
    let listed = match names.as_slice() {
        [] => String::new(),
        [one] => format!(": {one}"),
        [all @ .., last] => format!(": {} and {last}", all.join(", ")),
    };
    match count {
        0 if found.passed() => "Everything is as it should be. Thank you.".into(),
        0 => "Nothing has to be exported again: what was found can be fixed here.".into(),
        1 => format!("Please export this one again{listed}."),
        2 => format!("Please export these two again{listed}."),
        count => format!("Please export these {count} again{listed}."),
    }
}

/// The whole HTML page. All text from the session is escaped.
pub fn page(session: &Session, found: &Examination, refused: &[String]) -> String {
    let title = escaped(&session.song.title);
    let mut body =
        format!("<h1>{title}</h1>\n<p class=\"ask\">{}</p>\n", escaped(&request(found, refused)));
    for stem in &found.stems {
        let peak = stem
            .sample_peak_dbfs
            .map_or("silent".into(), |peak| format!("peak {:.1} dBFS", Db(peak)));
        let _ = writeln!(
            body,
            "<section><h2>{}</h2><p class=\"facts\">{}, {peak}</p>{}</section>",
            escaped(&stem.name),
            escaped(&format!("{}, {}", stem.file, stem.describe)),
            list(&stem.findings)
        );
    }
    let set = list(&found.set);
    let refused: String =
        refused.iter().map(|line| format!("<li class=\"fault\">{}</li>", escaped(line))).collect();
    let null = found.null_test.as_ref().map_or(String::new(), |test| {
        let words = format!("The stems leave {:.1} dB of the reference mix.", test.residual_db);
        format!("<p class=\"facts\">{}</p>", escaped(&words))
    });
    if !set.is_empty() || !refused.is_empty() || !null.is_empty() {
        let _ =
            writeln!(body, "<section><h2>All together</h2>{null}<ul>{refused}</ul>{set}</section>");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}: check of the stems</title><style>{STYLE}</style></head><body><main>\n{body}</main></body></html>\n"
    )
}

fn list(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let line = |finding: &Finding| {
        let (class, word) = match finding.severity {
            Severity::Fault => ("fault", "Fault: "),
            Severity::Caution => ("look", "Please look: "),
            Severity::Note => ("note", ""),
        };
        format!("<li class=\"{class}\">{word}{}</li>", escaped(&finding.line()))
    };
    format!("<ul>{}</ul>", findings.iter().map(line).collect::<String>())
}
