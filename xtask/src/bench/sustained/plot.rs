//! The picture: four panels over the same time, each with an axis of its own. It says nothing of
//! when and where it was measured. Must not know how anything was measured.

use super::report::{Second, mib, ms};
use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

/// Width and height of the picture.
const SIZE: (u32, u32) = (900, 980);
/// The typeface: whatever the viewer has of it.
const FONT: &str = "sans-serif";
/// Room above the largest value, and where names of lines are shown there.
const HEADROOM: f64 = 1.15;
const HEADROOM_FOR_NAMES: f64 = 1.5;

/// A line of a panel.
struct Line {
    /// What it is; shown where a panel has several.
    name: &'static str,
    color: RGBColor,
    values: Vec<f64>,
}

/// One diagram.
struct Panel {
    /// What is shown, and its unit.
    title: &'static str,
    /// The unit of the vertical axis.
    unit: &'static str,
    lines: Vec<Line>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The picture of a run as SVG. `connections` are named in the heading.
pub fn svg(seconds: &[Second], connections: u32) -> Result<String> {
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        draw(&root, seconds, connections).map_err(|error| anyhow!("no picture: {error}"))?;
    }
    // Some editors want it, and every diff is shorter.
    text.push('\n');
    Ok(text)
}

fn draw(
    root: &Area<'_>,
    seconds: &[Second],
    connections: u32,
) -> Result<(), Box<dyn std::error::Error>> {
    root.fill(&WHITE)?;
    let heading = format!(
        "Mixed load at {connections} connections: 90 % submit, 5 % query, 4 % decide, 1 % waive"
    );
    let root = root.margin(8, 0, 0, 0).titled(&heading, (FONT, 20))?;
    let panels = panels(seconds);
    let areas = root.split_evenly((panels.len(), 1));
    for (panel, area) in panels.iter().zip(&areas) {
        draw_panel(panel, area)?;
    }
    root.present()?;
    Ok(())
}

fn panels(seconds: &[Second]) -> Vec<Panel> {
    let line = |name, color, value: fn(&Second) -> f64| Line {
        name,
        color,
        values: seconds.iter().map(value).collect(),
    };
    let blue = RGBColor(31, 95, 168);
    let red = RGBColor(190, 55, 40);
    let grey = RGBColor(120, 120, 120);
    #[allow(clippy::cast_precision_loss, reason = "answers in one second")]
    let throughput = line("answers", blue, |second| second.answers as f64);
    vec![
        Panel {
            title: "Throughput",
            unit: "answers/s",
            lines: vec![throughput],
        },
        Panel {
            title: "Latency of all answers",
            unit: "ms",
            lines: vec![
                line("p99", red, |second| ms(second.p99_us)),
                line("p50", blue, |second| ms(second.p50_us)),
            ],
        },
        Panel {
            title: "Write-ahead log",
            unit: "MiB",
            lines: vec![line("log", blue, |second| mib(second.watched.wal_bytes))],
        },
        Panel {
            title: "Resident memory of the server",
            unit: "MiB",
            lines: vec![
                line("its own", blue, |second| mib(second.watched.own_bytes)),
                line("mapped files: the database", grey, |second| {
                    mib(second.watched.mapped_bytes)
                }),
            ],
        },
    ]
}

fn draw_panel(panel: &Panel, area: &Area<'_>) -> Result<(), Box<dyn std::error::Error>> {
    let values = || panel.lines.iter().flat_map(|line| &line.values);
    let most = values().copied().fold(0.0, f64::max);
    // An axis needs some length.
    let headroom = match panel.lines.len() {
        0 | 1 => HEADROOM,
        _ => HEADROOM_FOR_NAMES,
    };
    let most = if most > 0.0 { most * headroom } else { 1.0 };
    let seconds = panel.lines.first().map_or(0, |line| line.values.len());
    #[allow(clippy::cast_precision_loss, reason = "some minutes")]
    let end = seconds.max(1) as f64;
    let mut chart = ChartBuilder::on(area)
        .caption(panel.title, (FONT, 16))
        .margin_left(10)
        .margin_right(24)
        .margin_bottom(6)
        .x_label_area_size(38)
        .y_label_area_size(74)
        .build_cartesian_2d(0.0..end, 0.0..most)?;
    chart
        .configure_mesh()
        .x_desc("seconds since the start")
        .y_desc(panel.unit)
        .x_label_formatter(&|seconds| format!("{seconds:.0}"))
        .y_label_formatter(&|value| label(*value, most))
        .x_labels(11)
        .y_labels(5)
        .max_light_lines(0)
        .bold_line_style(RGBColor(222, 222, 222))
        .label_style((FONT, 13))
        .axis_desc_style((FONT, 14))
        .draw()?;
    for line in &panel.lines {
        let points = (1_u32..).map(f64::from).zip(line.values.iter().copied());
        let color = line.color;
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)))?
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    if panel.lines.len() > 1 {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE)
            .border_style(RGBColor(222, 222, 222))
            .label_font((FONT, 13))
            .draw()?;
    }
    Ok(())
}

/// A number on an axis that ends at `most`: decimals only where they tell labels apart.
fn label(value: f64, most: f64) -> String {
    if most >= 8.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::watch::Watched;
    use super::*;

    fn second(number: u64) -> Second {
        Second {
            answers: 1000 + number,
            p50_us: 500,
            p99_us: 9_000,
            watched: Watched {
                wal_bytes: 4 << 20,
                own_bytes: 100 << 20,
                mapped_bytes: number << 20,
                ..Watched::default()
            },
        }
    }

    #[test]
    fn a_picture_names_its_axes_and_is_the_same_again() {
        let seconds: Vec<_> = (0..30).map(second).collect();
        let picture = svg(&seconds, 64).unwrap();
        for text in [
            "Mixed load at 64 connections",
            "Throughput",
            "answers/s",
            "p99",
            "p50",
            "Write-ahead log",
            "MiB",
            "its own",
            "seconds since the start",
        ] {
            assert!(picture.contains(text), "{text}");
        }
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
        assert_eq!(picture, svg(&seconds, 64).unwrap());
        assert_ne!(picture, svg(&seconds[1..], 64).unwrap());
    }

    #[test]
    fn nothing_measured_is_still_a_picture() {
        assert!(svg(&[], 1).unwrap().contains("Throughput"));
        assert!(svg(&[Second::default()], 1).unwrap().contains("Throughput"));
    }

    #[test]
    fn small_numbers_have_a_decimal() {
        assert_eq!([label(0.5, 1.0), label(2000.0, 9000.0)], ["0.5", "2000"]);
    }
}
