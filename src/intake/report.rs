//! The report to the sender of the stems: findings in plain words, and what to export again. One
//! HTML file without scripts, pictures or external resources.

use crate::intake::examine::{Examination, StemReport};
use crate::intake::findings::{Finding, Kind, Mend, Severity};
use crate::media::tags::escaped;
use crate::session::Session;
use crate::texts::say;
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
        [all @ .., last] if !all.is_empty() => {
            say!("finding-page-names", names = all.join(", "), last = *last)
        }
        none_or_one => none_or_one.concat(),
    };
    match count {
        0 if found.passed() => say!("finding-page-all-well").into(),
        0 => say!("finding-page-none-again").into(),
        _ if names.is_empty() => say!("finding-page-again", count = count),
        _ => say!("finding-page-again-named", count = count, names = listed),
    }
}

/// The whole HTML page. All text from the session is escaped.
pub fn page(session: &Session, found: &Examination, refused: &[String]) -> String {
    let title = escaped(&session.song.title);
    let mut body =
        format!("<h1>{title}</h1>\n<p class=\"ask\">{}</p>\n", escaped(&request(found, refused)));
    for stem in &found.stems {
        let peak = stem.sample_peak_dbfs.map_or_else(
            || say!("finding-page-silent").into(),
            |peak| say!("finding-page-peak", peak = format!("{:.1}", Db(peak))),
        );
        let _ = writeln!(
            body,
            "<section><h2>{}</h2><p class=\"facts\">{}</p>{}</section>",
            escaped(&stem.name),
            escaped(&format!("{}, {}, {peak}", stem.file, stem.describe)),
            list(&stem.findings)
        );
    }
    let set = list(&found.set);
    let refused: String =
        refused.iter().map(|line| format!("<li class=\"fault\">{}</li>", escaped(line))).collect();
    let null = found.null_test.as_ref().map_or(String::new(), |test| {
        let words = say!("finding-page-residual", level = format!("{:.1}", test.residual_db));
        format!("<p class=\"facts\">{}</p>", escaped(&words))
    });
    if !set.is_empty() || !refused.is_empty() || !null.is_empty() {
        let heading = escaped(say!("stems-all-together"));
        let _ =
            writeln!(body, "<section><h2>{heading}</h2>{null}<ul>{refused}</ul>{set}</section>");
    }
    let language = escaped(say!("finding-page-language"));
    let title = escaped(&say!("finding-page-title", song = &session.song.title));
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>\n{body}</main></body></html>\n"
    )
}

fn list(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let line = |finding: &Finding| {
        let (class, line) = match finding.severity {
            Severity::Fault => ("fault", say!("finding-page-fault", finding = finding.line())),
            Severity::Caution => ("look", say!("finding-page-look", finding = finding.line())),
            Severity::Note => ("note", finding.line()),
        };
        format!("<li class=\"{class}\">{}</li>", escaped(&line))
    };
    format!("<ul>{}</ul>", findings.iter().map(line).collect::<String>())
}
