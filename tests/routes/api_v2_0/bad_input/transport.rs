//! Media types, and bodies of unknown length.

use super::{POSTS, assert_is, post_as, raw};
use crate::harness::App;

#[test]
fn media_types_may_have_parameters() {
    let app = App::start();
    for (path, start) in POSTS {
        let body = format!("{start}}}");
        let check = |media_type: &str, status: u16| {
            assert_is(
                &post_as(&app, path, media_type, body.as_bytes()),
                status,
                "",
                media_type,
            );
        };
        for media_type in [
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\";x=\"a;b\"",
            "Application/JSON ;",
            "application/vnd.api+json",
        ] {
            check(media_type, 201);
        }
        for media_type in [
            "",
            ";",
            "text/plain; x=application/json",
            "text/json",
            "application/jsonp",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=application/json",
            "application/json, text/plain",
        ] {
            check(media_type, 415);
        }
        assert_is(
            &raw(
                &app,
                &format!("POST {path} HTTP/1.1\r\ncontent-length: 0"),
                b"",
            ),
            415,
            "",
            "none",
        );
    }
}

#[test]
fn bodies_may_come_in_chunks() {
    let app = App::start();
    for (path, start) in POSTS {
        let chunked = |parts: &[&[u8]], end: &str| {
            let head = format!(
                "POST {path} HTTP/1.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked"
            );
            let mut body = Vec::new();
            for part in parts {
                body.extend(format!("{:x}\r\n", part.len()).bytes());
                body.extend(*part);
                body.extend(b"\r\n");
            }
            body.extend(end.as_bytes());
            raw(&app, &head, &body)
        };
        let (first, second) = start.as_bytes().split_at(7);
        assert_is(
            &chunked(&[first, second, b"}"], "0\r\n\r\n"),
            201,
            "",
            "chunks",
        );
        assert_is(&chunked(&[], "0\r\n\r\n"), 400, "Bad request", "no chunk");
        let blanks = vec![b' '; 1024 * 1024];
        let four = [&blanks[..]; 4];
        assert_is(&chunked(&four, "0\r\n\r\n"), 400, "Bad request", "4 MiB");
        let more = [&four[..], &[b" "]].concat();
        assert_is(
            &chunked(&more, "0\r\n\r\n"),
            413,
            "larger than 4194304 bytes",
            "more",
        );
        assert_is(
            &chunked(&[start.as_bytes()], "xyz\r\n"),
            400,
            "",
            "no length",
        );
    }
}
