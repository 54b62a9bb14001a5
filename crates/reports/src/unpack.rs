//! Undoes what reports are packed in: gzip, zlib, and base64 around one of them. What it is is seen
//! from the first bytes. Unpacking ends at a limit, so a small body can't become a large one.

use crate::problem::Problem;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use base64::read::DecoderReader;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use std::borrow::Cow;
use std::io::Read;

/// How large a document may be, also after unpacking, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 64 * 1024 * 1024;

/// The document in `bytes`, which are returned as they are if they aren't packed.
///
/// # Errors
/// When they are packed and can't be unpacked, or become more than [`MAX_DOCUMENT_BYTES`].
pub fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Problem> {
    match Packing::of(bytes) {
        Some(packing) => packing.undo(bytes).map(Cow::Owned),
        None if bytes.len() > MAX_DOCUMENT_BYTES => Err(too_large()),
        None => Ok(Cow::Borrowed(bytes)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zlib,
    /// Text that is base64 of one of the others.
    Base64,
}

/// How many characters of what may be base64 are looked at: enough for the first bytes in it.
const PROBE_CHARS: usize = 8;

impl Packing {
    fn of(bytes: &[u8]) -> Option<Self> {
        match Self::of_binary(bytes) {
            Some(packing) => Some(packing),
            None => Self::is_base64(bytes).then_some(Self::Base64),
        }
    }

    fn of_binary(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            // Zlib with its usual window; of its four levels only one could begin a text, `x^`.
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some(Self::Zlib),
            _ => None,
        }
    }

    fn is_base64(bytes: &[u8]) -> bool {
        let head: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .take(PROBE_CHARS)
            .collect();
        let decoded = base64::Engine::decode(&STANDARD_NO_PAD, &head);
        decoded.is_ok_and(|start| Self::of_binary(&start).is_some())
    }

    fn undo(self, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
        match self {
            Self::Gzip => unpacked(|| MultiGzDecoder::new(bytes), "gzip"),
            Self::Zlib => unpacked(|| ZlibDecoder::new(bytes), "zlib"),
            Self::Base64 => {
                let engine = match has_padding(bytes) {
                    true => &STANDARD,
                    false => &STANDARD_NO_PAD,
                };
                let plain = || DecoderReader::new(WithoutBlanks(bytes), engine);
                let mut head = [0; 3];
                let filled = fill(&mut plain(), &mut head)?;
                match Self::of_binary(head.get(..filled).unwrap_or_default()) {
                    Some(Self::Gzip) => unpacked(|| MultiGzDecoder::new(plain()), "base64 of gzip"),
                    _ => unpacked(|| ZlibDecoder::new(plain()), "base64 of zlib"),
                }
            }
        }
    }
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> Result<usize, Problem> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) => return Err(broken("base64", &error)),
        }
    }
    Ok(filled)
}

fn has_padding(bytes: &[u8]) -> bool {
    bytes.trim_ascii_end().ends_with(b"=")
}

/// All that a reader gives. It is read twice, first for its size: a buffer that grew would be in
/// memory three times on the way, and unpacking is cheap.
fn unpacked<R: Read>(reader: impl Fn() -> R, name: &str) -> Result<Vec<u8>, Problem> {
    let limit = MAX_DOCUMENT_BYTES as u64 + 1;
    let size = std::io::copy(&mut reader().take(limit), &mut std::io::sink());
    let size = size.map_err(|error| broken(name, &error))?;
    if size >= limit {
        return Err(too_large());
    }
    let mut document = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    match reader().take(size).read_to_end(&mut document) {
        Ok(_) => Ok(document),
        Err(error) => Err(broken(name, &error)),
    }
}

fn broken(name: &str, error: &std::io::Error) -> Problem {
    Problem::broken(format!("the body looks like {name}, but {error}"))
}

fn too_large() -> Problem {
    Problem::too_large(format!(
        "the document is larger than {MAX_DOCUMENT_BYTES} bytes after unpacking"
    ))
}

/// The bytes without blanks and line ends, as base64 is often broken into lines.
struct WithoutBlanks<'b>(&'b [u8]);

impl Read for WithoutBlanks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut written = 0;
        for place in buffer.iter_mut() {
            let Some(at) = self.0.iter().position(|byte| !byte.is_ascii_whitespace()) else {
                self.0 = &[];
                break;
            };
            let Some((byte, rest)) = self.0.get(at..).and_then(<[u8]>::split_first) else {
                break;
            };
            *place = *byte;
            self.0 = rest;
            written += 1;
        }
        Ok(written)
    }
}
