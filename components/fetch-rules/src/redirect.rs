//! Where a redirect leads.

/// The address that `location` means at `url`.
///
/// # Errors
/// Why it is not followed; the text begins in lower case.
pub fn target(url: &str, location: &str) -> Result<String, String> {
    let location = location.split('#').next().unwrap_or_default().trim();
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let host_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let target = if location.starts_with("http://") || location.starts_with("https://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{host}{location}")
    } else if location.is_empty()
        || location
            .split(['/', '?'])
            .next()
            .unwrap_or_default()
            .contains(':')
    {
        return Err(format!("it redirects to `{location}`"));
    } else {
        let path = path.split('?').next().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{host}{folder}/{location}")
    };
    match scheme == "https" && !target.starts_with("https://") {
        true => Err(format!("it redirects from https to `{target}`")),
        false => Ok(target),
    }
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn a_redirect_leads_there() {
        for (url, location, expected) in [
            ("http://h/a/b?c", "http://i:8/x", "http://i:8/x"),
            ("http://h/a/b?c", "https://i/x#y", "https://i/x"),
            ("https://h:1/a", "//i/x", "https://i/x"),
            ("https://h:1/a/b", "/x?y=z", "https://h:1/x?y=z"),
            ("http://h/a/b?c=/d", "x", "http://h/a/x"),
            ("http://h", "x", "http://h/x"),
        ] {
            assert_eq!(target(url, location).unwrap(), expected);
        }
    }

    #[test]
    fn some_are_not_followed() {
        for (url, location) in [
            ("https://h/a", "http://h/a"),
            ("https://h/a", "http://i/"),
            ("http://h/a", "ftp://h/a"),
            ("http://h/a", "file:/etc"),
            ("http://h/a", ""),
        ] {
            assert!(target(url, location).is_err(), "{location}");
        }
    }
}
