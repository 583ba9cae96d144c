//! The result page: Markdown with tables, and plots as SVG files beside it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub struct Page {
    folder: PathBuf,
    text: String,
}

/// A curve: its label and its points.
pub type Curve = (String, Vec<(f64, f64)>);

impl Page {
    pub fn new(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("the folder can be made");
        Self { folder: folder.to_owned(), text: "# Measurements\n".into() }
    }

    pub fn heading(&mut self, text: &str) {
        self.add(&format!("\n## {text}\n"));
    }

    pub fn add(&mut self, line: &str) {
        println!("{line}");
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        self.add("");
        self.add(&format!("| {} |", head.join(" | ")));
        self.add(&format!("|{}", "---|".repeat(head.len())));
        for row in rows {
            self.add(&format!("| {} |", row.join(" | ")));
        }
    }

    /// Draws curves into an SVG file; `logarithmic` concerns the horizontal axis.
    pub fn plot(&mut self, name: &str, title: &str, curves: &[Curve], logarithmic: bool) {
        const SIZE: (f64, f64) = (900.0, 420.0);
        const EDGE: f64 = 60.0;
        const COLOURS: [&str; 6] =
            ["#6FD3B5", "#E2725B", "#5FA8E8", "#D9A441", "#B07CD8", "#9AA4B2"];
        let all = || curves.iter().flat_map(|(_, points)| points);
        let range = |pick: fn(&(f64, f64)) -> f64| {
            let values = || all().map(pick).filter(|value| value.is_finite());
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
        };
        let across = |x: f64| if logarithmic { x.max(1e-9).log10() } else { x };
        let (x0, x1) = range(|point| point.0);
        let (y0, y1) = range(|point| point.1);
        let pad = ((y1 - y0) * 0.05).max(1e-6);
        let (y0, y1) = (y0 - pad, y1 + pad);
        let place = |(x, y): (f64, f64)| {
            let u = (across(x) - across(x0)) / (across(x1) - across(x0));
            let v = (y1 - y) / (y1 - y0);
            (EDGE + u * (SIZE.0 - 1.5 * EDGE), EDGE / 2.0 + v * (SIZE.1 - 1.5 * EDGE))
        };
        let mut svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} {}' font-family='sans-serif' \
             font-size='12' fill='#8D95A3'><rect width='100%' height='100%' fill='#111318'/>\
             <text x='{EDGE}' y='18' fill='#E8EAEE'>{title}</text>",
            SIZE.0, SIZE.1
        );
        for step in 0..=4 {
            let y = y0 + (y1 - y0) * f64::from(step) / 4.0;
            let (_, at) = place((x0, y));
            let share = f64::from(step) / 4.0;
            let x = if logarithmic { x0 * (x1 / x0).powf(share) } else { x0 + (x1 - x0) * share };
            let (left, _) = place((x, y0));
            let _ = write!(
                svg,
                "<line x1='{EDGE}' x2='{}' y1='{at}' y2='{at}' stroke='#2D333D'/>\
                 <text x='4' y='{}'>{y:.4}</text><text x='{left}' y='{}'>{x:.4}</text>",
                SIZE.0 - EDGE / 2.0,
                at + 4.0,
                SIZE.1 - 20.0
            );
        }
        for (n, (label, points)) in curves.iter().enumerate() {
            let colour = COLOURS[n % COLOURS.len()];
            let line: String = points
                .iter()
                .filter(|point| point.1.is_finite())
                .map(|point| place(*point))
                .map(|(x, y)| format!("{x:.1},{y:.1} "))
                .collect();
            let _ = write!(
                svg,
                "<polyline points='{line}' fill='none' stroke='{colour}' stroke-width='1.5'/>\
                 <text x='{}' y='18' fill='{colour}'>{label}</text>",
                SIZE.0 - 140.0 * (curves.len() - n) as f64
            );
        }
        svg.push_str("</svg>\n");
        std::fs::write(self.folder.join(format!("{name}.svg")), svg).expect("the plot is written");
        self.add(&format!("\n![{title}]({name}.svg)"));
    }

    pub fn finish(self) -> PathBuf {
        let path = self.folder.join("measurements.md");
        std::fs::write(&path, self.text).expect("the page is written");
        path
    }
}
