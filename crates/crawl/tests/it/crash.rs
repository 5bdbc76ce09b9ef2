//! A crawl that dies at every place of a page's path, on both databases: whatever was acknowledged is there, every capture
//! has its debit and every debit its capture after each death, and in the end the run has what an undisturbed one has.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use creel_crawl::crawl_run;
use creel_store::{FailPoints, database::Engine, fail_points::PLACES};
use creel_testkit::shop::{RunningShop, Shop};
use creel_types::Random;
use tokio_util::sync::CancellationToken;

use crate::{
    child::{self, Death, End},
    place::{Contents, Place, is_crawled},
};

/// Crashes at random places in the ordinary suite; `CREEL_PROVE_CRASHES` asks for more, `CREEL_PROVE_SEED` for others.
const CRASHES: u64 = 4;
/// The passing at which a random crash comes at the latest. A crawl of the shop passes most places more often.
const PASSING_MAX: u64 = 24;

/// Writes a test that may be a child once for each engine, with the name by which the child is started.
macro_rules! on_both {
    ($(async fn $name:ident)*) => {$(
        mod $name {
            use creel_store::database::Engine;

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                if !crate::child::is_played().await {
                    super::$name(Engine::Sqlite, concat!("crash::", stringify!($name), "::sqlite")).await;
                }
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                if !crate::child::is_played().await {
                    super::$name(Engine::Postgres, concat!("crash::", stringify!($name), "::postgres")).await;
                }
            }
        }
    )*};
}

on_both! {
    async fn a_crawl_dies_at_every_place
    async fn prove_a_crawl_dies_at_random
}

pub async fn shop() -> RunningShop {
    Shop::demo().start(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap()
}

/// Crawls in this process without a crash; answers what there is to capture, and how often each place was passed.
async fn undisturbed(engine: Engine, shop: &RunningShop) -> (Contents, BTreeMap<&'static str, u64>) {
    let place = Place::new(engine, shop).await;
    let passed: Arc<Mutex<BTreeMap<&'static str, u64>>> = Arc::default();
    let mut store = place.store.clone();
    let counts = Arc::clone(&passed);
    store.fail_points = FailPoints::new(move |place| *counts.lock().unwrap().entry(place).or_default() += 1);
    let crawler = place.address.crawler(store).await;
    let claimed = crawler.claim(place.run).await.unwrap().unwrap();
    crawl_run(&crawler, claimed.run, &CancellationToken::new()).await.unwrap();
    let contents = place.contents().await;
    for product in shop.shop().expected_captures().into_iter().filter(|product| is_crawled(&product.path)) {
        assert!(contents.contains_key(shop.base_url().join(&product.path).unwrap().as_str()), "{}", product.path);
    }
    place.check_at_the_end(&contents).await;
    let passed = passed.lock().unwrap().clone();
    (contents, passed)
}

/// Every place that there is, and no forgotten one.
async fn a_crawl_dies_at_every_place(engine: Engine, test: &str) {
    let shop = shop().await;
    let (contents, passed) = undisturbed(engine, &shop).await;
    let mut named = PLACES.to_vec();
    named.sort_unstable();
    assert_eq!(passed.keys().copied().collect::<Vec<_>>(), named, "the list of places is not what is passed");
    let mut place = Place::new(engine, &shop).await;
    for (at, name) in PLACES.into_iter().enumerate() {
        // The first passing is the youngest process, later ones have more in hand.
        let death = Death { place: name, passing: [1, 2, 4][at % 3] };
        while child::start(&mut place, test, Some(death)) == End::RunEnded {
            place.check_at_the_end(&contents).await;
            place = Place::new(engine, &shop).await;
        }
        place.check_after_death(&format!("{death:?}")).await;
    }
    assert_eq!(child::start(&mut place, test, None), End::RunEnded);
    place.check_at_the_end(&contents).await;
    assert!(!place.acknowledged.is_empty());
}

/// Random places at random passings, crawl after crawl.
async fn prove_a_crawl_dies_at_random(engine: Engine, test: &str) {
    let (crashes, seed) = (wanted("CREEL_PROVE_CRASHES", CRASHES), wanted("CREEL_PROVE_SEED", 1));
    println!("seed {seed}");
    let shop = shop().await;
    let (contents, _) = undisturbed(engine, &shop).await;
    let random = Random::seeded(seed);
    let (mut died, mut crawls, mut acknowledged) = (0, 0, 0);
    while died < crashes {
        let mut place = Place::new(engine, &shop).await;
        loop {
            let name = PLACES[random.below(PLACES.len() as u64) as usize];
            // Early ones more often: the further on a crawl, the fewer passings are left.
            let passing = random.below(random.below(PASSING_MAX) + 1) as u32 + 1;
            let death = Death { place: name, passing };
            let death = (died < crashes).then_some(death);
            if child::start(&mut place, test, death) == End::RunEnded {
                break;
            }
            died += 1;
            place.check_after_death(&format!("{death:?}, crash {died} of seed {seed}")).await;
        }
        place.check_at_the_end(&contents).await;
        crawls += 1;
        acknowledged += place.acknowledged.len();
    }
    println!(
        "proved: a crawl that dies at random on {engine:?} crashes={died} crawls={crawls} acknowledged={acknowledged} seed={seed}"
    );
}

fn wanted(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}
