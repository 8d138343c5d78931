//! How far one stated value supports another, where evidence is weighed: within its rounding wholly, within a tolerance in
//! part. Verdicts go by exact readings and never by this.

use std::collections::BTreeSet;

use super::policy::Policy;
use super::reading::Reading;
use super::truth::Likeness;
use crate::domain::claim::Value;
use crate::domain::fold::folded;
use crate::domain::when::When;

/// Figures this share apart do not support each other any more ("Truth finding on the deep web" compares with it).
const FIGURES: f64 = 0.01;
/// Nor times so many seconds apart.
const TIMES: f64 = 600.0;
/// What a round number or a range says for what it may stand for.
const LOOSELY: f64 = 0.5;
/// A word that a list leaves out costs this much of a word that it has too many (Tversky, "Features of similarity", 1977):
/// who lists authors leaves some out more often than he adds one.
const LEFT_OUT: f64 = 0.1;
/// Less than this is nothing.
const LEAST: f64 = 0.05;
/// Of more different texts or dates on one question, only equal ones support each other.
const MOST_TEXTS: usize = 300;

/// The likenesses of the values of one question, numbered by their place; each is there once.
pub fn likenesses(values: &[&Value], whole: bool, policy: &Policy) -> Vec<Likeness> {
    let mut found = Vec::new();
    let mut figures: Vec<(usize, Stated)> = Vec::new();
    let mut times: Vec<(usize, f64)> = Vec::new();
    let mut dates: Vec<(usize, &When)> = Vec::new();
    let mut texts: Vec<(usize, BTreeSet<String>)> = Vec::new();
    for (place, value) in values.iter().enumerate() {
        match value {
            Value::Figure(figure) => {
                let reading = Reading::of(figure, whole, policy);
                let end =
                    |end: Option<crate::domain::decimal::Decimal>, none: f64| end.map_or(none, |end| end.approximate());
                let widest = reading.widest();
                figures.push((
                    place,
                    Stated {
                        point: figure.value().map(|value| value.approximate()),
                        strict: (end(reading.strict.lo, f64::MIN), end(reading.strict.hi, f64::MAX)),
                        widest: (end(widest.lo, f64::MIN), end(widest.hi, f64::MAX)),
                        unit: format!("{:?}", figure.unit),
                    },
                ));
            }
            Value::Time(time) => times.push((place, f64::from(time.seconds()))),
            Value::Text(words) => texts.push((place, words_of(words))),
            Value::Date(when) => dates.push((place, when)),
            Value::State => {}
        }
    }
    figures_alike(&figures, &mut found);
    for (i, (a, x)) in times.iter().enumerate() {
        for (b, y) in &times[i + 1..] {
            let apart = (x - y).abs();
            let degree = 1.0 - apart.min(86_400.0 - apart) / TIMES;
            put(&mut found, *a, *b, degree);
            put(&mut found, *b, *a, degree);
        }
    }
    if dates.len() <= MOST_TEXTS {
        for (a, x) in &dates {
            // A year stands for each of its days.
            let holds = |y: &When| x.first_day() <= y.first_day() && y.last_day() <= x.last_day();
            let within = dates.iter().filter(|(b, y)| a != b && holds(y));
            within.for_each(|(b, _)| put(&mut found, *a, *b, 1.0));
        }
    }
    if texts.len() <= MOST_TEXTS {
        for (a, x) in &texts {
            for (b, y) in texts.iter().filter(|(b, _)| a != b) {
                let both = x.intersection(y).count() as f64;
                let (more, fewer) = (x.len() as f64 - both, y.len() as f64 - both);
                put(&mut found, *a, *b, if both > 0.0 { both / (both + more + LEFT_OUT * fewer) } else { 0.0 });
            }
        }
    }
    found
}

fn put(found: &mut Vec<Likeness>, from: usize, to: usize, degree: f64) {
    if degree > LEAST {
        found.push(Likeness { from: from as u32, to: to as u32, degree });
    }
}

/// A figure as far as likeness goes.
struct Stated {
    point: Option<f64>,
    strict: (f64, f64),
    widest: (f64, f64),
    unit: String,
}

impl Stated {
    /// How far this, as stated, supports `point`.
    fn supports(&self, point: f64) -> f64 {
        let within = |(lo, hi): (f64, f64)| lo <= point && point <= hi;
        match self.point {
            Some(_) if within(self.strict) => 1.0,
            Some(own) => {
                let near = 1.0 - (own - point).abs() / (FIGURES * own.abs().max(point.abs()));
                if within(self.widest) && self.is_loose() { near.max(LOOSELY) } else { near }
            }
            None if within(self.strict) => LOOSELY,
            None => 0.0,
        }
    }

    /// True where it may be off by more than its last digit: a round number or "about".
    fn is_loose(&self) -> bool {
        let width = |(lo, hi): (f64, f64)| hi - lo;
        width(self.widest) > 2.0 * width(self.strict)
    }
}

/// Points in the order of their values, so that only near ones are compared; what is no point is compared with all.
fn figures_alike(figures: &[(usize, Stated)], found: &mut Vec<Likeness>) {
    let mut points: Vec<(f64, usize, &Stated)> =
        figures.iter().filter_map(|(place, stated)| Some((stated.point?, *place, stated))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let reach = |stated: &Stated, own: f64| {
        (stated.widest.1 - own).max(own - stated.widest.0).max(FIGURES * own.abs() / (1.0 - FIGURES))
    };
    let widest = points.iter().map(|(own, _, stated)| reach(stated, *own)).fold(0.0, f64::max);
    for (i, (own, place, stated)) in points.iter().enumerate() {
        let near = points[i + 1..].iter().take_while(|(other, ..)| other - own <= widest);
        for (other, at, their) in near.filter(|(_, _, their)| their.unit == stated.unit) {
            put(found, *place, *at, stated.supports(*other));
            put(found, *at, *place, their.supports(*own));
        }
    }
    for (place, stated) in figures.iter().filter(|(_, stated)| stated.point.is_none()) {
        for (point, at, their) in points.iter().filter(|(_, _, their)| their.unit == stated.unit) {
            let _ = their;
            put(found, *place, *at, stated.supports(*point));
        }
    }
}

/// The words of a text, which may be a list.
fn words_of(text: &str) -> BTreeSet<String> {
    let folded = folded(text);
    let words = folded.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '/' | '&' | '|'));
    let words: BTreeSet<String> = words.filter(|word| !word.is_empty() && *word != "and").map(str::to_string).collect();
    if words.is_empty() { BTreeSet::from([folded]) } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figure::{Figure, Precision};
    use crate::domain::unit::Unit;

    fn degree(a: &Value, b: &Value) -> f64 {
        let found = likenesses(&[a, b], false, &Policy::default());
        found
            .iter()
            .find(|likeness| likeness.from == 0)
            .map_or(0.0, |likeness| (likeness.degree * 100.0).round() / 100.0)
    }

    #[test]
    fn values_support_what_they_may_stand_for() {
        let figure = |value: &str, decimals| {
            Value::Figure(Figure::point(value.parse().unwrap(), Precision::Decimals(decimals), Unit::Number))
        };
        assert_eq!(degree(&figure("14", 0), &figure("14.3", 1)), 1.0);
        assert_eq!(degree(&figure("14.3", 1), &figure("14", 0)), 0.0);
        assert_eq!(degree(&figure("478400", 0), &figure("478403", 0)), 1.0);
        assert_eq!(degree(&figure("478000", 0), &figure("490000", 0)), 0.5);
        assert_eq!(degree(&figure("1000", 0), &figure("1005", 0)), 0.5);
        assert_eq!(degree(&figure("1003", 0), &figure("1008", 0)), 0.5);
        assert_eq!(degree(&figure("1003", 0), &figure("1030", 0)), 0.0);
        let time = |text: &str| Value::Time(text.parse().unwrap());
        assert_eq!(degree(&time("08:51"), &time("08:53")), 0.8);
        assert_eq!(degree(&time("23:58"), &time("00:03")), 0.5);
        assert_eq!(degree(&time("08:51"), &time("09:51")), 0.0);
        let date = |text: &str| Value::Date(text.parse().unwrap());
        assert_eq!(degree(&date("2001"), &date("2001-03-04")), 1.0);
        assert_eq!(degree(&date("2001-03-04"), &date("2001")), 0.0);
        assert_eq!(degree(&date("2001-04"), &date("2001-03-04")), 0.0);
        let text = |text: &str| Value::Text(text.to_string());
        assert_eq!(degree(&text("knuth"), &text("knuth; graham")), 0.91);
        assert_eq!(degree(&text("knuth; graham"), &text("knuth")), 0.5);
        assert_eq!(degree(&text("knuth"), &text("graham")), 0.0);
    }
}
