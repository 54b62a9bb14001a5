//! The issuer: what it publishes, asked for over HTTP and kept in the instance and in the
//! key-value store. When it is asked is decided in [`crate::kept`].

use crate::fetch;
use crate::kept::{self, Asked, Published, Step};
use crate::keys::{self, Key};
use outbound::cache::{Cache, hex, sha256};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// How often a request looks whether somebody else's question has ended, and after what time.
const LOOKS: usize = 60;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What the issuer has published, ready for use.
pub struct Issuer {
    /// As it is kept.
    pub published: Published,
    /// The usable keys.
    pub keys: Vec<Key>,
}

thread_local! {
    static KNOWN: RefCell<Option<Rc<Issuer>>> = const { RefCell::new(None) };
}

/// What the issuer publishes. `outdated`: what was published does not have a token's key.
///
/// # Errors
/// Why there is nothing to use; the text is for the log.
pub async fn ask(
    url: &str,
    now_s: i64,
    outdated: Option<&Rc<Issuer>>,
) -> Result<Rc<Issuer>, String> {
    if let (Some(known), None) = (KNOWN.with_borrow(Clone::clone), outdated)
        && kept::next(
            Some(known.published.asked_s),
            &Asked::default(),
            now_s,
            false,
        ) == Step::Use
    {
        return Ok(known);
    }
    let cache = Cache::open().await?;
    let keys = Keys::of(url);
    for _ in 0..LOOKS {
        let published: Option<Published> = cache.get(&keys.published).await?;
        if let (Some(new), Some(old)) = (&published, outdated)
            && *new != old.published
        {
            return Ok(know(new.clone()));
        }
        let asked: Asked = cache.get(&keys.asked).await?.unwrap_or_default();
        let published_s = published.as_ref().map(|published| published.asked_s);
        match (
            kept::next(published_s, &asked, now_s, outdated.is_some()),
            published,
        ) {
            (Step::Use, Some(published)) => return Ok(know(published)),
            (Step::Wait, _) => spin_sdk::time::sleep(LOOK_AGAIN).await,
            (Step::Ask, old) => {
                let question = Asked {
                    at_s: now_s,
                    ended: false,
                    unknown_key_s: match outdated {
                        Some(_) => now_s,
                        None => asked.unknown_key_s,
                    },
                };
                let answer = put(&cache, &keys, url, question).await?;
                return use_answer(answer, old, now_s);
            }
            (Step::GiveUp | Step::Use, _) => {
                return Err(format!("issuer `{url}` did not answer a moment ago"));
            }
        }
    }
    Err(format!("issuer `{url}`: nobody has got an answer"))
}

/// Under which keys of the store an issuer's records are.
struct Keys {
    published: String,
    asked: String,
}

impl Keys {
    fn of(url: &str) -> Self {
        let name = hex(&sha256(url));
        Self {
            published: format!("issuer/{name}"),
            asked: format!("issuer-asked/{name}"),
        }
    }
}

/// Puts the question, so that others see that it is being asked, and keeps the answer.
///
/// # Errors
/// When the store does not answer.
async fn put(
    cache: &Cache,
    keys: &Keys,
    url: &str,
    question: Asked,
) -> Result<Result<Published, String>, String> {
    cache.set(&keys.asked, &question).await?;
    let answer = fetch_all(url, question.at_s).await;
    if let Ok(published) = &answer {
        cache.set(&keys.published, published).await?;
    }
    let ended = Asked {
        ended: true,
        ..question
    };
    cache.set(&keys.asked, &ended).await?;
    Ok(answer)
}

/// An answer, or what was published before if there is none and that can still be used.
fn use_answer(
    answer: Result<Published, String>,
    old: Option<Published>,
    now_s: i64,
) -> Result<Rc<Issuer>, String> {
    let failed = Asked {
        at_s: now_s,
        ended: true,
        unknown_key_s: now_s,
    };
    match (answer, old) {
        (Ok(published), _) => Ok(know(published)),
        (Err(reason), Some(old))
            if kept::next(Some(old.asked_s), &failed, now_s, false) == Step::Use =>
        {
            http_edge::log::line(&format!(
                "error: the issuer's keys are used as they were: {reason}"
            ));
            Ok(know(old))
        }
        (Err(reason), _) => Err(reason),
    }
}

fn know(published: Published) -> Rc<Issuer> {
    let issuer = Rc::new(Issuer {
        keys: keys::parse(&published.keys),
        published,
    });
    KNOWN.with_borrow_mut(|known| *known = Some(issuer.clone()));
    issuer
}

/// Asks for the discovery document and for the keys that it names.
async fn fetch_all(url: &str, now_s: i64) -> Result<Published, String> {
    let url = url.trim_end_matches('/');
    let address = format!("{url}/.well-known/openid-configuration");
    let document = fetch::get(&address).await?;
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    if text("issuer").map(|issuer| issuer.trim_end_matches('/')) != Some(url) {
        return Err(format!("GET {address}: the document is another issuer's"));
    }
    let is_safe = |address: &&str| address.starts_with("https://") || url.starts_with("http://");
    let keys_address = text("jwks_uri").filter(is_safe);
    let keys_address =
        keys_address.ok_or_else(|| format!("GET {address}: it has no `jwks_uri` with https://"))?;
    let keys = fetch::get(keys_address).await?;
    if keys::parse(&keys).is_empty() {
        return Err(format!(
            "GET {keys_address}: it has no key that can be used"
        ));
    }
    Ok(Published {
        asked_s: now_s,
        introspection_endpoint: text("introspection_endpoint")
            .filter(is_safe)
            .map(str::to_owned),
        keys,
    })
}
