//! The product's own way: every producer hands its page to the one committer.

use creel_store::{
    Judge, Store,
    builds::BuildAnswer,
    captures::NewCapture,
    organizations::Start,
    pages::{NewPage, PageRole},
    runs::{NewRun, RunSettings},
    settle::{Committer, FinishedPage, PageResult, Verdict},
};
use creel_types::{Action, Country, Credits, Host, OrganizationId, PageKind, RobotProgram, RunId};
use url::Url;
use uuid::Uuid;

use crate::{CREDITS, Failure, drive::Design, engine::Place, product};

#[derive(Clone)]
pub struct Ours {
    store: Store,
    committer: Committer,
    owner: Uuid,
    runs: Vec<(OrganizationId, RunId)>,
    made: usize,
}

impl Ours {
    /// So many organizations with enough credits and one claimed run each.
    pub async fn start(place: &Place, organizations: usize) -> Result<Ours, Failure> {
        let store = place.open_store().await?;
        let owner = store.random.id(store.clock.now());
        let mut runs = Vec::new();
        for _ in 0..organizations {
            let organization = store.create_organization("bench", Start::Credits(Credits(CREDITS))).await?.id;
            runs.push((organization, make_run(&store, organization, owner).await?));
        }
        let (committer, _task) = Committer::start(store.clone());
        Ok(Ours { store, committer, owner, runs, made: 0 })
    }

    fn finished(&self, (organization, run): (OrganizationId, RunId), url: String, number: usize) -> FinishedPage {
        let new = NewCapture {
            store: "shop.example".into(),
            url: url.clone(),
            page_url: url.clone(),
            stated_canonical: None,
            product: product::product(number),
        };
        FinishedPage {
            organization,
            run,
            url,
            owner: self.owner,
            kind: PageKind::Product,
            status_code: Some(200),
            result: PageResult::Capture(Box::new(new)),
        }
    }
}

impl Design for Ours {
    type Page = FinishedPage;

    async fn prepare(&mut self, count: usize) -> Result<Vec<FinishedPage>, Failure> {
        let each = count.div_ceil(self.runs.len());
        let mut pages = Vec::new();
        for of in self.runs.clone() {
            let new: Vec<NewPage> = (self.made..self.made + each).map(new_page).collect();
            self.store.queue_pages(of.1, &new).await?;
            let leased = self.store.lease_pages(of.1, self.owner, i64::try_from(each)?).await?;
            for (at, page) in leased.into_iter().enumerate() {
                // The organizations' pages in turns.
                pages.push((at, self.finished(of, page.url, self.made + at)));
            }
            self.made += each;
        }
        pages.sort_by_key(|(at, _)| *at);
        Ok(pages.into_iter().map(|(_, page)| page).collect())
    }

    async fn settle(&self, page: FinishedPage) -> Result<(), Failure> {
        match self.committer.settle(page).await? {
            Verdict::Stored(_) => Ok(()),
            verdict => Err(format!("a new product was answered {verdict:?}").into()),
        }
    }

    async fn check(self, stored: usize) -> Result<(), Failure> {
        let (mut captures, mut spent) = (0, Credits::ZERO);
        for (organization, run) in &self.runs {
            // Holds debits against captures, lots, balance and the runs' counters.
            let verified = self.store.verify_ledger(*organization).await??;
            spent = Credits(spent.0 + CREDITS - verified.balance.0);
            captures += self.store.get_run(*organization, *run).await?.extracted;
        }
        let price = Action::Extract.price().0;
        if captures != i64::try_from(stored)? || spent.0 != captures * price {
            return Err(format!("{stored} verdicts, {captures} captures and {spent} credits do not match").into());
        }
        drop(self.committer);
        self.store.database.close().await;
        Ok(())
    }
}

async fn make_run(store: &Store, organization: OrganizationId, owner: Uuid) -> Result<RunId, Failure> {
    let url = Url::parse("https://shop.example/")?;
    let host = Host::of(&url).ok_or("the shop has no host")?;
    let program = RobotProgram::general(host, Country::US, url.to_string());
    let robot = match store.create_robot_build(organization, url.as_str(), &program, false).await? {
        BuildAnswer::Robot(robot) => robot,
        BuildAnswer::Build(build) => {
            store.get_robot_build(organization, build).await?.robot_id.ok_or("the build made no robot")?
        }
    };
    let start_urls = vec![url.to_string()];
    let new = NewRun {
        by: creel_types::By::system(),
        robot,
        api_key: None,
        schedule: None,
        name: None,
        start_urls,
        settings: RunSettings::default(),
        budget: None,
    };
    let run = store.create_run(organization, new, None).await?;
    store.claim_run(run, owner, &Judge::LeaseOnly).await?.ok_or("a new run cannot be claimed")?;
    Ok(run)
}

fn new_page(number: usize) -> NewPage {
    NewPage { url: product::address(number), role: PageRole::Page, priority: 0, depth: 1, shape: "/men/knitwear/#".into() }
}
