//! Pictures of shops on pages: they come from this server and from nowhere else, for the session whose page names them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;

use crate::{
    browser::{Browser, Seen},
    demo_shop::DemoShop,
    people::{joined, with_owner},
    server::Server,
};

/// A path as a page of this browser's session writes it.
fn signed(browser: &Browser, width: u32, address: &str) -> String {
    let cookies = browser.cookies();
    let token = cookies.split("; ").find_map(|cookie| cookie.strip_prefix("creel_session=")).unwrap_or("");
    let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
    let code = hmac::sign(&key, format!("creel picture 1\n{width}\n{address}").as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(&code.as_ref()[..16]);
    let query: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    format!("/media/{signature}/{width}?u={query}")
}

fn get(browser: &mut Browser, path: &str) -> Seen {
    browser.send("GET", path, |request| request)
}

fn picture(shop: &DemoShop) -> (String, String) {
    let path = shop.shop().expected_captures()[0].images[0].clone();
    (shop.address_of(&path), path)
}

fn is_placeholder(seen: &Seen) -> bool {
    seen.status == 200 && seen.header("content-type") == "image/svg+xml" && seen.header("cache-control").contains("=120")
}

#[test]
fn a_picture_is_for_the_session_whose_page_names_it() {
    let (server, mut ann) = with_owner("");
    let shop = DemoShop::start();
    let (address, path) = picture(&shop);
    let mut bob = joined(&server, &mut ann, "bob@shop.example", "member");
    let own = signed(&ann, 96, &address);
    let seen = get(&mut ann, &own);
    assert_eq!((seen.status, seen.header("content-type")), (200, "image/jpeg"), "{}", seen.text);
    for (name, value) in [
        ("cache-control", "private, max-age=86400, immutable"),
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
    assert!(seen.headers.get("content-encoding").is_none(), "a picture is packed already");
    let tag = seen.header("etag").to_owned();
    let known = ann.send("GET", &own, |request| request.header("if-none-match", &tag));
    assert_eq!((known.status, known.header("etag"), known.text.as_str()), (304, tag.as_str(), ""));
    for browser in [&mut bob, &mut Browser::of(&server)] {
        assert_eq!(get(browser, &own).status, 404);
    }
    let (before, asked) = own.split_once("?u=").unwrap();
    for wrong in [
        own.replace("/96?", "/320?"),
        own.replace("/96?", "/097?"),
        format!("{own}x"),
        before.to_owned(),
        format!("/media/AAAAAAAAAAAAAAAAAAAAAA/96?u={asked}"),
    ] {
        assert_eq!(get(&mut ann, &wrong).status, 404, "{wrong}");
    }
    let of_bob = signed(&bob, 96, &address);
    assert_eq!(get(&mut bob, &of_bob).header("etag"), tag);
    assert_eq!(shop.shop().hits(&path), 1, "kept for everybody");
    assert!(server.creel.folder().join("data").join("media").is_dir());
}

#[test]
fn what_cannot_be_shown_is_a_placeholder_and_is_asked_for_once() {
    let (_server, mut ann) = with_owner("");
    let shop = DemoShop::start();
    for path in ["/static/logo.svg", "/", "/media/none.jpeg", "/nothing-here"] {
        let path_of_picture = signed(&ann, 320, &shop.address_of(path));
        for _ in 0..2 {
            let seen = get(&mut ann, &path_of_picture);
            assert!(is_placeholder(&seen) && seen.text.contains("<svg") && !seen.text.contains("script"), "{path}");
            assert_eq!(seen.header("content-security-policy"), "default-src 'none'");
        }
        assert_eq!(shop.shop().hits(path), 1, "{path}");
    }
    for address in ["", "x", "file:///etc/passwd", "data:image/png;base64,AA", "http://169.254.169.254.nip.invalid/"] {
        let path = signed(&ann, 96, address);
        assert!(is_placeholder(&get(&mut ann, &path)), "{address}");
    }
}

#[test]
fn the_guard_holds_for_pictures_too() {
    let shop = DemoShop::start();
    let (address, path) = picture(&shop);
    let server = Server::guarded("");
    let made = server.creel.command(&["admin", "create-owner", "--email", "ann@shop.example", "--organization", "Shop"]);
    let mut made = made;
    assert!(made.env("CREEL_OWNER_PASSWORD", crate::people::PASSWORD).output().unwrap().status.success());
    let mut ann = Browser::of(&server);
    assert_eq!(ann.sign_in("ann@shop.example", crate::people::PASSWORD).status, 200);
    let own = signed(&ann, 96, &address);
    assert!(is_placeholder(&get(&mut ann, &own)));
    let (_server, mut bea) = with_owner("excluded_hosts = [\"127.0.0.1\"]");
    let own = signed(&bea, 96, &address);
    assert!(is_placeholder(&get(&mut bea, &own)));
    assert_eq!(shop.shop().hits(&path), 0, "nobody asked the shop");
}

#[test]
fn the_operator_may_turn_pictures_off() {
    let (server, mut ann) = with_owner("media = false");
    let shop = DemoShop::start();
    let (address, path) = picture(&shop);
    let own = signed(&ann, 96, &address);
    assert!(is_placeholder(&get(&mut ann, &own)) && is_placeholder(&get(&mut ann, "/media/none.svg")));
    assert_eq!(shop.shop().hits(&path), 0);
    assert!(!server.creel.folder().join("data").join("media").exists());
}
