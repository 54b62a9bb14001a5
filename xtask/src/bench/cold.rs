//! Cold starts: how much longer the first request takes after a component was idle for so long
//! that its instance is gone.

use super::client::{self, Request};
use super::scenarios::Scenario;
use crate::manifest::Manifest;
use crate::progress::Progress;
use anyhow::Result;
use std::time::{Duration, Instant};
use ureq::Agent;

/// An idle instance lives one second.
const IDLE: Duration = Duration::from_millis(1_600);
/// How often every cold start is measured; the median counts.
const REPEATS: usize = 7;
/// Requests to a warm instance per repeat; their median counts.
const WARM_REQUESTS: usize = 15;

/// One path's cold start.
pub struct Cold {
    /// What was asked: a scenario, or a route and its component.
    pub name: String,
    /// Half of the first requests took no longer than this beyond a warm one, in milliseconds.
    pub extra_ms: f64,
    /// Half of the warm requests took no longer, in milliseconds.
    pub warm_ms: f64,
}

/// Something to start from cold.
struct Probe {
    name: String,
    /// Probes with the same key may start the same component.
    key: String,
    request: Request,
    first_ms: Vec<f64>,
    warm_ms: Vec<f64>,
}

/// Measures each scenario's first request, and a GET to every route of the manifest. The status
/// does not matter: a refusal starts the component as well.
pub fn measure(address: &str, scenarios: &[Scenario], manifest: &Manifest) -> Result<Vec<Cold>> {
    let probe = |name, key: &str, request| Probe {
        name,
        key: key.to_owned(),
        request,
        first_ms: Vec::new(),
        warm_ms: Vec::new(),
    };
    let by_scenario = scenarios.iter().filter_map(|scenario| {
        let request = scenario.requests.first()?.clone();
        let key = request
            .path
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned();
        Some(probe(scenario.name.clone(), &key, request))
    });
    let by_route = manifest.routes().into_iter().map(|route| {
        let name = format!("GET {} ({})", route.path, route.component);
        probe(name, &route.component, Request::get(sample(&route.path)))
    });
    let mut waves = waves(by_scenario);
    waves.extend(self::waves(by_route));

    let agent = client::agent();
    let mut progress = Progress::new("cold starts", (REPEATS * waves.len()) as u64);
    for _ in 0..REPEATS {
        for wave in &mut waves {
            std::thread::sleep(IDLE);
            for probe in wave {
                probe.first_ms.push(time(&agent, address, &probe.request)?);
                for _ in 0..WARM_REQUESTS {
                    probe.warm_ms.push(time(&agent, address, &probe.request)?);
                }
            }
            progress.advance(1, "");
        }
    }
    progress.finish();
    let cold = waves.into_iter().flatten().map(|probe| {
        let warm_ms = median(probe.warm_ms);
        Cold {
            name: probe.name,
            extra_ms: (median(probe.first_ms) - warm_ms).max(0.0),
            warm_ms,
        }
    });
    Ok(cold.collect())
}

/// Groups of probes that don't warm each other: no key comes twice in one.
fn waves(probes: impl Iterator<Item = Probe>) -> Vec<Vec<Probe>> {
    let mut waves: Vec<Vec<Probe>> = Vec::new();
    for probe in probes {
        match waves
            .iter_mut()
            .find(|wave| wave.iter().all(|other| other.key != probe.key))
        {
            Some(wave) => wave.push(probe),
            None => waves.push(vec![probe]),
        }
    }
    waves
}

fn time(agent: &Agent, address: &str, request: &Request) -> Result<f64> {
    let start = Instant::now();
    client::send(agent, address, request)?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

/// A path that a route answers: parameters are `1`, a trailing wildcard matches nothing more.
fn sample(route: &str) -> String {
    let path = route.strip_suffix("/...").unwrap_or(route);
    let segments = path.split('/').map(|segment| {
        if segment.starts_with(':') {
            "1"
        } else {
            segment
        }
    });
    let path = segments.collect::<Vec<_>>().join("/");
    if path.is_empty() { "/".into() } else { path }
}

/// The value in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_a_sample() {
        for (route, expected) in [
            ("/", "/"),
            ("/...", "/"),
            ("/api/v2.0/results", "/api/v2.0/results"),
            ("/api/v2.0/results/:id", "/api/v2.0/results/1"),
            ("/a/:b/c/...", "/a/1/c"),
        ] {
            assert_eq!(sample(route), expected);
        }
    }

    #[test]
    fn medians_are_from_the_middle() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }
}
