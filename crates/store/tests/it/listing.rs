//! Lists of captures held against a naive filter in memory: random captures, random questions, and whatever may happen between:
//! captures that are not listed yet, deletions, clocks that differ. Pages walked by their cursors give the naive answer, whole
//! and in order.

use std::{cmp::Ordering, collections::BTreeSet};

use creel_store::{
    Store,
    listing::{
        Bounds, CaptureCursor, CaptureFilter, CaptureQuery, CaptureSort, SearchText, brand_key, title_key, words_of_product,
    },
    settle::{PageResult, Verdict},
};
use creel_types::{Amount, Capture, CaptureId, Clock, Currency, Random, RunId, Time};

use crate::shop::{Shop, on_both};

const SEED: u64 = 7;
const ROUNDS: usize = 12;
const QUESTIONS: usize = 20;

const ADJECTIVES: [&str; 8] = ["Red", "blue", "Größe", "CAFÉ", "東京タワー", "big", "NEAR", "it's"];
const NOUNS: [&str; 7] = ["shoe", "Shoes", "coat", "cup", "100%", "OR", "*"];
const BRANDS: [Option<&str>; 6] = [None, Some("Nike"), Some("NIKE "), Some("Acme Co"), Some("acme  co"), Some("Ünique")];
const STORES: [&str; 3] = ["one.example", "two.example", "three.example:8080"];
const CURRENCIES: [Option<&str>; 4] = [Some("EUR"), Some("USD"), Some("KRW"), None];
const QUESTIONED: [&str; 12] =
    ["shoe", "sho*", "red shoe", "cafe", "grosse", "東京", "京", "nike", "near(big)", "\"or\" '", "100%", "nothing"];

struct Dice(Random);

impl Dice {
    fn below(&self, bound: usize) -> usize {
        self.0.below(bound as u64) as usize
    }

    fn one<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn maybe<T>(&self, out_of: usize, value: impl FnOnce(&Dice) -> T) -> Option<T> {
        (self.below(out_of) == 0).then(|| value(self))
    }
}

/// What is known of a stored capture.
struct Known {
    capture: Capture,
    words: BTreeSet<String>,
    is_listed: bool,
}

struct World {
    shop: Shop,
    /// Another process whose clock is behind.
    late: Store,
    dice: Dice,
    runs: Vec<RunId>,
    known: Vec<Known>,
    pages: usize,
}

impl World {
    async fn new(engine: creel_store::database::Engine, bounds: Bounds) -> World {
        let mut shop = Shop::with_credits(engine, 1_000_000).await;
        shop.store.listing_bounds = bounds;
        let late = shop.database.store(Clock::fixed(Time(999_000)), Random::seeded(99)).await;
        // Another organization with the same values: nothing of it is ever seen.
        let own = shop.organization;
        shop.organization = shop
            .store
            .create_organization("other", creel_store::organizations::Start::Credits(creel_types::Credits(1_000)))
            .await
            .unwrap()
            .id;
        let mut world =
            World { shop, late, dice: Dice(Random::seeded(SEED)), runs: Vec::new(), known: Vec::new(), pages: 0 };
        let run = world.shop.run(None).await.id;
        world.runs.push(run);
        world.store(30).await;
        world.shop.store.follow_captures().await.unwrap();
        (world.runs, world.known, world.pages) = (Vec::new(), Vec::new(), 0);
        world.shop.organization = own;
        for _ in 0..4 {
            let run = world.shop.run(None).await.id;
            world.runs.push(run);
        }
        world
    }

    async fn store(&mut self, count: usize) {
        let run = self.dice.one(&self.runs);
        let urls: Vec<String> = (0..count).map(|at| format!("https://shop.example/p/{}", self.pages + at)).collect();
        self.pages += count;
        let pages: Vec<_> = urls
            .iter()
            .map(|url| creel_store::pages::NewPage {
                url: url.clone(),
                role: creel_store::pages::PageRole::Page,
                priority: 0,
                depth: 0,
                shape: "/p/#".into(),
            })
            .collect();
        self.shop.store.queue_pages(run, &pages).await.unwrap();
        self.shop.store.lease_pages(run, self.shop.owner, count as i64).await.unwrap();
        // Now and then by the process whose clock is behind.
        let late = self.dice.below(4) == 0;
        let (committer, _task) =
            creel_store::settle::Committer::start(if late { self.late.clone() } else { self.shop.store.clone() });
        for url in &urls {
            let mut page = self.shop.finished(run, url);
            let PageResult::Capture(new) = &mut page.result else { unreachable!() };
            let dice = &self.dice;
            new.store = dice.one(&STORES).to_owned();
            let product = &mut new.product;
            product.title = format!("{} {}", dice.one(&ADJECTIVES), dice.one(&NOUNS));
            product.brand = dice.one(&BRANDS).map(ToOwned::to_owned);
            product.min_price =
                dice.maybe(6, |_| ()).is_none().then(|| Amount::from_scaled(10_000 * dice.below(9) as i64 + 9_900));
            product.currency = dice.one(&CURRENCIES).and_then(Currency::parse);
            product.available = dice.below(4) > 0;
            product.breadcrumbs = vec!["Home".into(), dice.one(&NOUNS).to_owned()];
            let verdict = committer.settle(page).await.unwrap();
            let Verdict::Stored(id) = verdict else { panic!("{verdict:?}") };
            let capture = self.shop.store.get_capture(self.shop.organization, id).await.unwrap();
            let words = words_of_product(&capture.product);
            self.known.push(Known { capture, words, is_listed: false });
        }
    }

    async fn follow(&mut self) {
        self.shop.store.follow_captures().await.unwrap();
        self.known.iter_mut().for_each(|known| known.is_listed = true);
        self.counts_are_exact().await;
    }

    /// Every value's count is what is listed of it, and nothing that was deleted is left anywhere.
    async fn counts_are_exact(&self) {
        let sql = "SELECT f.kind, f.value FROM facets f WHERE f.captures <> (SELECT COUNT(*) FROM listing l
            WHERE f.id IN (l.of_all, l.of_run, l.of_robot, l.of_import, l.of_store, l.of_brand, l.of_currency, l.of_available))";
        assert!(self.shop.store.database.rows(sql, vec![]).await.unwrap().is_empty());
        let sql = "SELECT (SELECT COUNT(*) FROM listing) AS listed, (SELECT COUNT(*) FROM listing_words) AS with_words,
            (SELECT COUNT(*) FROM captures WHERE deleted_at IS NULL) AS stored";
        let row = self.shop.store.database.row(sql, vec![]).await.unwrap().unwrap();
        let [listed, with_words, stored] = ["listed", "with_words", "stored"].map(|column| row.int(column).unwrap());
        assert_eq!((listed, with_words), (stored, stored));
    }

    async fn delete(&mut self) {
        if self.known.is_empty() {
            return;
        }
        let Known { capture, .. } = self.known.swap_remove(self.dice.below(self.known.len()));
        let (store, organization) = (&self.shop.store, self.shop.organization);
        store.delete_capture(organization, capture.id, &creel_types::By::system()).await.unwrap();
        assert!(store.get_capture(organization, capture.id).await.is_err());
        assert!(
            store.delete_capture(organization, capture.id, &creel_types::By::system()).await.is_err(),
            "it is as good as missing"
        );
    }

    fn filter(&self) -> CaptureFilter {
        let dice = &self.dice;
        let price = |dice: &Dice| Amount::from_scaled(10_000 * dice.below(9) as i64 + dice.one(&[9_900, 0]));
        let time =
            |dice: &Dice| Time(1_000_000 + dice.below(1 + (self.shop.store.clock.now().0 - 1_000_000) as usize) as i64);
        CaptureFilter {
            run: dice.maybe(5, |dice| dice.one(&self.runs)),
            robot: dice.maybe(9, |_| self.known.first().and_then(|known| known.capture.robot_id)).flatten(),
            import: dice.maybe(60, |dice| dice.0.id(Time(0))),
            store: dice.maybe(4, |dice| dice.one(&STORES).to_owned()),
            brand: dice.maybe(4, |dice| dice.one(&["nike", "ACME co", "ünique", "Nobody"]).to_owned()),
            q: dice.maybe(3, |dice| dice.one(&QUESTIONED).parse().unwrap()),
            min_price: dice.maybe(5, price),
            max_price: dice.maybe(5, price),
            currency: dice.maybe(5, |dice| Currency::parse(dice.one(&["EUR", "USD", "KRW", "CHF"])).unwrap()),
            available: dice.maybe(5, |dice| dice.below(2) == 0),
            from: dice.maybe(5, time),
            to: dice.maybe(5, time),
        }
    }

    fn naive(&self, filter: &CaptureFilter, sort: CaptureSort) -> Vec<CaptureId> {
        let mut found: Vec<&Capture> =
            self.known.iter().filter(|known| is_wanted(known, filter)).map(|known| &known.capture).collect();
        found.sort_by(|one, other| compare(one, other, sort));
        found.into_iter().map(|capture| capture.id).collect()
    }

    async fn ask(&self) {
        let (filter, sort) = (self.filter(), self.dice.one(CaptureSort::ALL));
        let limit = self.dice.one(&[1, 3, 10, 500]);
        let expected = self.naive(&filter, sort);
        let mut found = Vec::new();
        let mut after: Option<CaptureCursor> = None;
        loop {
            let query = CaptureQuery { filter: filter.clone(), sort, after, limit };
            let page = self.shop.store.list_captures(self.shop.organization, &query).await.unwrap();
            assert!(page.rows.len() <= limit);
            assert_eq!(page.next.is_some(), found.len() + page.rows.len() < expected.len(), "{filter:?} {sort}");
            found.extend(page.rows.iter().map(|capture| capture.id));
            match page.next {
                Some(next) => after = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(found, expected, "{filter:?} {sort} in pages of {limit}");
    }
}

fn is_wanted(known: &Known, filter: &CaptureFilter) -> bool {
    let Capture { run_id, robot_id, import_id, store, extracted_at, product, .. } = &known.capture;
    let price = product.min_price;
    filter.run.is_none_or(|run| *run_id == Some(run))
        && filter.robot.is_none_or(|robot| *robot_id == Some(robot))
        && filter.import.is_none_or(|import| *import_id == Some(import))
        && filter.store.as_ref().is_none_or(|wanted| wanted == store)
        && filter.brand.as_deref().is_none_or(|wanted| product.brand.as_deref().and_then(brand_key) == brand_key(wanted))
        && filter.q.as_ref().is_none_or(|search: &SearchText| known.is_listed && search.finds(&known.words))
        && filter.min_price.is_none_or(|least| price.is_some_and(|price| price >= least))
        && filter.max_price.is_none_or(|most| price.is_some_and(|price| price <= most))
        && filter.currency.is_none_or(|currency| product.currency == Some(currency))
        && filter.available.is_none_or(|available| product.available == available)
        && filter.from.is_none_or(|from| *extracted_at >= from)
        && filter.to.is_none_or(|to| *extracted_at < to)
}

fn compare(one: &Capture, other: &Capture, sort: CaptureSort) -> Ordering {
    // A capture without a price stands behind every price, and before it the other way round.
    let price = |capture: &Capture| capture.product.min_price.map_or((1, Amount::ZERO), |price| (0, price));
    let ascending = match sort {
        CaptureSort::NewestFirst | CaptureSort::OldestFirst => one.extracted_at.cmp(&other.extracted_at),
        CaptureSort::CheapestFirst | CaptureSort::DearestFirst => price(one).cmp(&price(other)),
        CaptureSort::Title => title_key(&one.product.title).cmp(&title_key(&other.product.title)),
    }
    .then(one.id.cmp(&other.id));
    if matches!(sort, CaptureSort::NewestFirst | CaptureSort::DearestFirst) { ascending.reverse() } else { ascending }
}

async fn hold(engine: creel_store::database::Engine, bounds: Bounds) {
    let mut world = World::new(engine, bounds).await;
    for _ in 0..ROUNDS {
        world.shop.store.clock.advance_ms(world.dice.one(&[0, 0, 1, 40]));
        world.late.clock.advance_ms(world.dice.one(&[0, 1, 30]));
        world.store(1 + world.dice.below(12)).await;
        if world.dice.below(2) == 0 {
            world.follow().await;
        }
        for _ in 0..world.dice.below(3) {
            world.delete().await;
        }
        for _ in 0..QUESTIONS {
            world.ask().await;
        }
    }
    world.follow().await;
    let counted = world.shop.store.verify_ledger(world.shop.organization).await.unwrap();
    assert!(counted.is_ok(), "{counted:?}");
}

on_both! {
async fn random_questions_are_answered_as_a_naive_filter_does(engine) {
    hold(engine, Bounds::default()).await;
}
}

on_both! {
async fn the_same_by_walks_that_are_filled_and_walks_that_are_given_up(engine) {
    hold(engine, Bounds { gather_max: 2, walk_max: 8, count_max: 20, step_min: 6 }).await;
}
}

on_both! {
async fn a_cursor_of_another_sort_is_refused(engine) {
    let shop = Shop::with_credits(engine, 100).await;
    let run = shop.run(None).await;
    let urls = shop.lease(run.id, 3).await;
    shop.settle_all(run.id, &urls).await;
    let page = shop.store.list_captures(shop.organization, &CaptureQuery::newest(CaptureFilter::default(), 1)).await.unwrap();
    let query = CaptureQuery { filter: CaptureFilter::default(), sort: CaptureSort::Title, after: page.next, limit: 1 };
    let error = shop.store.list_captures(shop.organization, &query).await.unwrap_err();
    assert!(matches!(error, creel_store::StoreError::Invalid { field: "cursor", .. }), "{error}");
}
}
