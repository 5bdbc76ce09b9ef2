//! What stays in the folder and what goes.

use bytes::Bytes;

use super::*;
use crate::picture::PictureKind;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn url(number: u64) -> Url {
    Url::parse(&format!("https://shop.test/{number}.jpg")).unwrap()
}

fn picture(bytes: usize) -> Picture {
    let mut content = vec![7; bytes];
    content[..3].copy_from_slice(&[0xff, 0xd8, 0xff]);
    Picture { kind: PictureKind::Jpeg, bytes: Bytes::from(content) }
}

/// Files and what they take up.
fn on_the_disk(folder: &Path) -> (usize, u64) {
    let files = fs::read_dir(folder).unwrap().flatten().flat_map(|entry| fs::read_dir(entry.path()).unwrap().flatten());
    files.fold((0, 0), |(files, bytes), file| (files + 1, bytes + on_disk(file.metadata().unwrap().len())))
}

#[tokio::test]
async fn what_is_kept_is_found_by_address_and_width() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(Time(1_000 * DAY_MS));
    let cache = Cache::new(folder.path().join("media"), 1 << 20, clock.clone());
    assert!(cache.find(&url(1), Width::Card).await.is_none(), "a folder that is not there is empty");
    cache.keep(&url(1), vec![(Width::Thumbnail, picture(10)), (Width::Card, picture(20))]).await;
    assert_eq!(cache.find(&url(1), Width::Card).await, Some(picture(20)));
    assert_eq!(cache.find(&url(1), Width::Thumbnail).await, Some(picture(10)));
    assert!(cache.find(&url(1), Width::Whole).await.is_none() && cache.find(&url(2), Width::Card).await.is_none());
    let other = Cache::new(folder.path().join("media"), 1 << 20, clock);
    assert_eq!(other.find(&url(1), Width::Card).await, Some(picture(20)), "another process finds it too");
}

#[tokio::test]
async fn what_was_not_used_for_longest_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(Time(1_000 * DAY_MS));
    let limit = 64 * BLOCK_BYTES;
    let cache = Cache::new(folder.path().to_owned(), limit, clock.clone());
    for number in 0..500 {
        cache.keep(&url(number), vec![(Width::Card, picture(100))]).await;
        clock.advance_ms(USED_MS + 1);
        assert!(cache.find(&url(0), Width::Card).await.is_some(), "what is used stays: {number}");
        let (_, bytes) = on_the_disk(folder.path());
        assert!(bytes <= limit, "{bytes} after {number}");
    }
    let (files, _) = on_the_disk(folder.path());
    assert!(files > 40, "no more goes than has to: {files}");
    assert!(cache.find(&url(499), Width::Card).await.is_some() && cache.find(&url(100), Width::Card).await.is_none());
}

#[tokio::test]
async fn broken_and_unfinished_files_go() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(Time(1_000 * DAY_MS));
    let cache = Cache::new(folder.path().to_owned(), 1 << 20, clock.clone());
    let path = cache.0.path(&url(1), Width::Card);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    assert!(cache.find(&url(1), Width::Card).await.is_none());
    assert!(!path.exists(), "an empty file is no picture");
    let unfinished = path.with_extension(format!("1.1.{UNFINISHED}"));
    for (age_ms, stays) in [(0, true), (LEFT_MS + 1, false)] {
        fs::write(&unfinished, "half").unwrap();
        let left = fs::File::options().write(true).open(&unfinished).unwrap();
        left.set_modified(instant(clock.now().plus_ms(-age_ms))).unwrap();
        let fresh = Cache::new(folder.path().to_owned(), 1 << 20, clock.clone());
        fresh.keep(&url(2), vec![(Width::Card, picture(100))]).await;
        assert_eq!(unfinished.exists(), stays);
    }
}

#[tokio::test]
async fn a_limit_of_nothing_keeps_nothing_and_a_folder_in_the_way_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let none = Cache::new(folder.path().join("media"), 0, Clock::system());
    none.keep(&url(1), vec![(Width::Card, picture(100))]).await;
    assert!(none.find(&url(1), Width::Card).await.is_none() && !folder.path().join("media").exists());
    fs::write(folder.path().join("media"), "a file").unwrap();
    let blocked = Cache::new(folder.path().join("media"), 1 << 20, Clock::system());
    blocked.keep(&url(1), vec![(Width::Card, picture(100))]).await;
    assert!(blocked.find(&url(1), Width::Card).await.is_none());
}
