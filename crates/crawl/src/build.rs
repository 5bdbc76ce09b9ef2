//! Robot builds: from an address that somebody gives to a robot on a program.
//!
//! A build finds the shop's host after redirects and completes with the general program; learning the shop's own patterns comes
//! on top of this. What the API asks for is built by a worker; the command line builds at once.

use creel_fetch::{GetOptions, Guard, guard::Route};
use creel_store::{StoreError, builds::BuildAnswer};
use creel_types::{Country, Host, OrganizationId, RobotId, RobotProgram};
use url::Url;

use crate::{
    Crawler,
    ask::{Answer, Manners},
};

/// Why an address cannot become a robot.
#[derive(Debug, thiserror::Error)]
pub enum BadAddress {
    #[error("{0:?} is not a URL; give the whole address, such as https://shop.example/")]
    NotAUrl(String),
    #[error("{0} is not an http or https address")]
    Scheme(Url),
    #[error("{0} has no host")]
    NoHost(Url),
    #[error("leave the user name and password out of the address: it is stored and shown")]
    Credentials,
}

/// Reads an address as a person types it: `shop.example` counts as `https://shop.example/`.
pub fn shop_address(text: &str) -> Result<Url, BadAddress> {
    let text = text.trim();
    let looks_bare =
        !text.contains("://") && !text.contains(char::is_whitespace) && text.contains('.') && !text.contains(':');
    let whole = if looks_bare { format!("https://{text}") } else { text.to_owned() };
    let url = Url::parse(&whole).map_err(|error| match error {
        url::ParseError::EmptyHost => BadAddress::NotAUrl(format!("{text} (it has no host)")),
        _ => BadAddress::NotAUrl(text.to_owned()),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BadAddress::Scheme(url));
    }
    if Host::of(&url).is_none() {
        return Err(BadAddress::NoHost(url));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Credentials);
    }
    Ok(url)
}

impl Crawler {
    /// Where the address leads: its own, or the one it redirects to. A shop that forbids the page by robots.txt, or does not
    /// answer, keeps the address that was given; the run will say what is wrong.
    pub async fn resolve_shop(&self, url: &Url) -> Url {
        let manners = Manners { stay_on: None, invited: false };
        match self.ask(url, &GetOptions::default(), manners).await {
            Answer::Page(fetched) => creel_frontier::canonical_url(&fetched.final_url),
            _ => url.clone(),
        }
    }

    /// Whether the guard lets the address through only because the operator says so: such a shop is nobody else's.
    fn is_let_through(&self, url: &Url) -> bool {
        let trusted = matches!(self.fetcher().guard().check_url(url), Ok(Route::Trusted));
        trusted || Guard::default().check_url(url).is_err()
    }

    /// Makes the organization's robot for the shop at `url`, or finds the one that it has.
    pub async fn build_robot(
        &self,
        organization: OrganizationId,
        url: &Url,
        country: Country,
    ) -> Result<(BuildAnswer, Url), StoreError> {
        let asked_host = Host::of(url).ok_or_else(|| StoreError::Conflict(format!("{url} has no host")))?;
        if let Some(robot) = self.store().find_robot(organization, &asked_host, country).await? {
            return Ok((BuildAnswer::Robot(robot), url.clone()));
        }
        let (program, landed) = self.learn(url, asked_host, country).await;
        let private = self.is_let_through(&landed);
        let answer = self.store().create_robot_build(organization, url.as_str(), &program, private).await?;
        Ok((answer, landed))
    }
}

impl Crawler {
    /// The program of the shop that the address leads to, and where that is.
    async fn learn(&self, url: &Url, asked_host: Host, country: Country) -> (RobotProgram, Url) {
        let landed = self.resolve_shop(url).await;
        let host = Host::of(&landed).unwrap_or(asked_host);
        let home = landed.join("/").map_or_else(|_| landed.to_string(), String::from);
        (RobotProgram::general(host, country, home), landed)
    }

    /// Works on the oldest build that waits; `false` where none does.
    pub async fn build_next(&self) -> Result<bool, StoreError> {
        let Some(build) = self.store().claim_robot_build(self.owner()).await? else { return Ok(false) };
        let no_host = || StoreError::Corrupt(format!("robot_builds.url = {}", build.url));
        let url = Url::parse(&build.url).map_err(|_| no_host())?;
        let asked_host = Host::of(&url).ok_or_else(no_host)?;
        let (program, landed) = self.learn(&url, asked_host, build.country).await;
        let private = self.is_let_through(&landed);
        self.store().complete_robot_build(&build, self.owner(), &program, private).await?;
        Ok(true)
    }

    /// The organization's robot for the shop at `url`, made if needed, and where that address leads.
    pub async fn find_or_build_robot(
        &self,
        organization: OrganizationId,
        url: &Url,
        country: Country,
    ) -> Result<(RobotId, Url), StoreError> {
        let (answer, landed) = self.build_robot(organization, url, country).await?;
        let robot = match answer {
            BuildAnswer::Robot(robot) => robot,
            BuildAnswer::Build(build) => {
                let build = self.store().get_robot_build(organization, build).await?;
                build.robot_id.ok_or_else(|| StoreError::Conflict("the robot build gave no robot".to_owned()))?
            }
        };
        Ok((robot, landed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        for (text, expected) in [
            ("https://shop.example/a", Some("https://shop.example/a")),
            (" shop.example ", Some("https://shop.example/")),
            ("shop.example/women", Some("https://shop.example/women")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080/")),
            ("https://me:secret@shop.example/", None),
            ("ftp://shop.example/", None),
            ("mailto:a@shop.example", None),
            ("https://", None),
            ("not a url", None),
            ("shop", None),
            ("", None),
        ] {
            assert_eq!(shop_address(text).ok().map(String::from).as_deref(), expected, "{text}");
        }
    }
}
