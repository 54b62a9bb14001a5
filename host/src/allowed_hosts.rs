//! `allowed_outbound_hosts`: patterns of network destinations, and whether one allows a URL.
//!
//! The language is Spin's: `scheme://host[:port]` with `*` for any scheme, host or port, `*.` in front
//! of a domain, a network in CIDR form, a port range `a..b` (the end is not in it), and `self`.
//! Must not know where patterns come from or what a request is.

use std::net::IpAddr;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use http::Uri;

/// The patterns of one component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts(Vec<Pattern>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// `None` is any.
    scheme: Option<String>,
    host: Host,
    /// `None` is any.
    ports: Option<Range<u32>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    Myself,
    /// `.example.com`
    Below(String),
    Name(String),
    Address(IpAddr),
    Network(IpAddr, u8),
}

impl AllowedHosts {
    /// Parses patterns whose templates are filled in. As in Spin, a pattern that is empty once it is
    /// filled (`""`, `http://`, `https://`) allows nothing.
    pub fn parse<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let parse = |pattern: &str| {
            Pattern::parse(pattern).with_context(|| format!("outbound host `{pattern}`"))
        };
        patterns
            .into_iter()
            .map(str::trim)
            .filter(|pattern| !matches!(*pattern, "" | "http://" | "https://"))
            .map(parse)
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Whether `uri` may be called; without a scheme it counts as `https`.
    pub fn allow(&self, uri: &Uri) -> bool {
        let scheme = uri.scheme_str().unwrap_or("https");
        let Some(host) = uri.host() else {
            return false;
        };
        let port = uri.port_u16().or_else(|| known_port(scheme));
        self.0
            .iter()
            .any(|pattern| pattern.allows(scheme, host, port))
    }

    /// Whether the application may call itself.
    pub fn allow_self(&self) -> bool {
        self.0.iter().any(|pattern| {
            matches!(pattern.host, Host::Any | Host::Myself)
                && matches!(pattern.scheme.as_deref(), None | Some("http" | "https"))
        })
    }
}

impl Pattern {
    fn parse(pattern: &str) -> Result<Self> {
        let Some((scheme, rest)) = pattern.split_once("://") else {
            bail!("it has no scheme: write `scheme://host[:port]`, with `*` for any of them");
        };
        ensure!(
            scheme == "*" || scheme.bytes().all(|b| b.is_ascii_alphabetic()),
            "scheme `{scheme}` may have letters only"
        );
        // An address or a network may hold colons and slashes of its own.
        if let Ok(host @ (Host::Address(_) | Host::Network(..))) = Host::parse(rest) {
            return Self::new(scheme, host, "");
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = rest.rsplit_once(':').unwrap_or((rest, ""));
        Self::new(scheme, Host::parse(host)?, port)
    }

    fn new(scheme: &str, host: Host, port: &str) -> Result<Self> {
        let ports = match port {
            "*" => None,
            "" => match known_port(scheme) {
                Some(port) => Some(single(port)),
                None => bail!("it needs a port: scheme `{scheme}` has no well-known one"),
            },
            port => Some(parse_ports(port).with_context(|| format!("port `{port}` is no number"))?),
        };
        Ok(Self {
            scheme: (scheme != "*").then(|| scheme.to_owned()),
            host,
            ports,
        })
    }

    fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let scheme_fits = self.scheme.as_deref().is_none_or(|own| own == scheme);
        let port_fits = match (&self.ports, port) {
            (None, _) => true,
            (Some(ports), Some(port)) => ports.contains(&u32::from(port)),
            (Some(_), None) => false,
        };
        scheme_fits && port_fits && self.host.allows(host)
    }
}

impl Host {
    fn parse(host: &str) -> Result<Self> {
        match host {
            "*" => return Ok(Self::Any),
            "self" | "self.alt" => return Ok(Self::Myself),
            _ => {}
        }
        if let Some(address) = parse_address(host) {
            return Ok(Self::Address(address));
        }
        if let Some((address, bits)) = host.split_once('/')
            && let Some(address) = parse_address(address)
        {
            let bits = bits
                .parse()
                .context("a network is an address, `/` and a number of bits")?;
            ensure!(
                bits <= address_bits(address),
                "a network can't have {bits} bits"
            );
            return Ok(Self::Network(address, bits));
        }
        let (below, name) = match host.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, host),
        };
        let domain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        ensure!(
            !name.is_empty() && name.bytes().all(domain),
            "`{host}` is no host: it may not have a path, and `*` only as the first segment"
        );
        let name = name.to_ascii_lowercase();
        ensure!(
            !format!(".{name}").ends_with(".spin.internal"),
            "service chaining is not served by this host"
        );
        Ok(if below {
            Self::Below(format!(".{name}"))
        } else {
            Self::Name(name)
        })
    }

    fn allows(&self, host: &str) -> bool {
        let address = parse_address(host);
        match (self, address) {
            (Self::Any, _) => true,
            (Self::Myself, _) => false,
            (Self::Name(name), None) => host.eq_ignore_ascii_case(name),
            (Self::Below(suffix), None) => host.to_ascii_lowercase().ends_with(suffix.as_str()),
            (Self::Address(own), Some(address)) => *own == address,
            (Self::Network(network, bits), Some(address)) => in_network(*network, *bits, address),
            _ => false,
        }
    }
}

fn parse_address(host: &str) -> Option<IpAddr> {
    let unbracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    unbracketed.unwrap_or(host).parse().ok()
}

fn address_bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn in_network(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    let ignored = u32::from(address_bits(network) - bits);
    network.is_ipv4() == address.is_ipv4()
        && (number(network) ^ number(address))
            .checked_shr(ignored)
            .unwrap_or(0)
            == 0
}

fn single(port: u16) -> Range<u32> {
    u32::from(port)..u32::from(port) + 1
}

fn parse_ports(port: &str) -> Result<Range<u32>, std::num::ParseIntError> {
    match port.split_once("..") {
        Some((start, end)) => Ok(u32::from(start.parse::<u16>()?)..u32::from(end.parse::<u16>()?)),
        None => port.parse().map(single),
    }
}

fn known_port(scheme: &str) -> Option<u16> {
    Some(match scheme {
        "http" => 80,
        "https" => 443,
        "postgres" => 5432,
        "mysql" => 3306,
        "redis" => 6379,
        "mqtt" => 1883,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, uri: &str) -> bool {
        AllowedHosts::parse([pattern])
            .unwrap()
            .allow(&uri.parse().unwrap())
    }

    #[test]
    fn what_a_pattern_allows() {
        for (pattern, uri, expected) in [
            ("https://example.com", "https://example.com/a?b", true),
            ("https://example.com/", "https://example.com/", true),
            ("https://example.com", "https://EXAMPLE.com:443/", true),
            ("https://example.com", "http://example.com/", false),
            ("https://example.com", "https://example.com:8443/", false),
            ("https://example.com", "https://sub.example.com/", false),
            (
                "https://example.com",
                "https://example.com.evil.test/",
                false,
            ),
            ("http://example.com:8080", "http://example.com:8080/", true),
            ("http://example.com:*", "http://example.com:1/", true),
            ("http://example.com:80..90", "http://example.com:89/", true),
            ("http://example.com:80..90", "http://example.com:90/", false),
            ("*://example.com:*", "https://example.com/", true),
            ("*://*:*", "http://10.0.0.1:9/", true),
            ("https://*", "https://any.test/", true),
            ("https://*", "https://any.test:444/", false),
            ("https://*.example.com", "https://a.b.example.com/", true),
            ("https://*.example.com", "https://example.com/", false),
            ("https://*.example.com", "https://notexample.com/", false),
            ("http://127.0.0.1", "http://127.0.0.1/", true),
            ("http://127.0.0.0/8", "http://127.1.2.3/", true),
            ("http://127.0.0.0/8", "http://128.0.0.1/", false),
            ("http://127.0.0.0/8", "http://localhost/", false),
            ("http://[::1]:80", "http://[::1]/", true),
            ("http://self", "http://self/", false),
        ] {
            assert_eq!(allows(pattern, uri), expected, "{pattern} {uri}");
        }
    }

    #[test]
    fn calling_oneself_is_a_grant_of_its_own() {
        for (pattern, expected) in [
            ("http://self", true),
            ("https://self.alt", true),
            ("*://*:*", true),
            ("http://localhost:3000", false),
            ("redis://*", false),
        ] {
            let hosts = AllowedHosts::parse([pattern]).unwrap();
            assert_eq!(hosts.allow_self(), expected, "{pattern}");
        }
    }

    #[test]
    fn an_empty_value_allows_nothing() {
        for pattern in ["", "http://", "https://"] {
            assert_eq!(
                AllowedHosts::parse([pattern]).unwrap(),
                AllowedHosts::default()
            );
        }
    }

    #[test]
    fn what_is_no_pattern() {
        for (pattern, expected) in [
            ("example.com", "no scheme"),
            ("*", "no scheme"),
            ("ht tp://x", "letters only"),
            ("http://x/path", "no host"),
            ("http://a.*.com", "no host"),
            ("http://x:http", "is no number"),
            ("gopher://x", "needs a port"),
            ("http://10.0.0.0/33", "33 bits"),
            ("http://*.spin.internal", "service chaining"),
            ("http://x.spin.internal", "service chaining"),
        ] {
            let error = format!("{:#}", AllowedHosts::parse([pattern]).unwrap_err());
            assert!(error.contains(expected), "{pattern}: {error}");
            assert!(error.contains(pattern), "{pattern}: {error}");
        }
    }
}
