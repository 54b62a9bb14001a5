//! What a set of files is called: a digest of their paths and texts.

use sha2::{Digest, Sha256};

use super::policy_set::SourceFile;

/// The first 32 hexadecimal digits of the SHA-256 of all files, in whatever order they come. The same files have the same revision.
pub fn revision<'f>(files: impl IntoIterator<Item = SourceFile<'f>>) -> String {
    let mut files: Vec<SourceFile<'_>> = files.into_iter().collect();
    files.sort_by_key(|file| file.path);
    let mut digest = Sha256::new();
    for file in files {
        // With their lengths, so that no two lists of files are written alike.
        for text in [file.path, file.text] {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
    }
    let digest = digest.finalize();
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_texts_make_the_revision_and_order_does_not() {
        let file = |path, text| SourceFile { path, text };
        let first = revision([file("a", "1"), file("b", "2")]);
        assert_eq!(first.len(), 32);
        assert_eq!(first, revision([file("b", "2"), file("a", "1")]));
        for others in [
            [file("a", "1"), file("b", "3")],
            [file("a", "1"), file("c", "2")],
            [file("a", "1b"), file("", "2")],
        ] {
            assert_ne!(first, revision(others));
        }
    }
}
