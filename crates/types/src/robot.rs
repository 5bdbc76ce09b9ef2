//! A robot (an organization's row) and the program that it runs on (what the installation knows about one shop).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Country, Currency, Host, RobotId, Time};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RobotStatus {
    Ready,
    Degraded,
    Building,
}

/// What is known about one shop: one host and country. Holds only what is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RobotProgram {
    /// Version of this document's shape.
    pub format: u32,
    pub host: Host,
    pub country_code: Country,
    pub language: Option<String>,
    pub currency: Option<Currency>,
    pub platform: Option<String>,
    /// Regular expressions on the path and query of product pages; empty while only the general rules are known.
    pub product_url_patterns: Vec<String>,
    /// Where a run starts when it names nothing: home page, navigation, sitemaps. No query strings.
    pub default_start_urls: Vec<String>,
    pub needs_rendering: bool,
}

impl RobotProgram {
    pub const FORMAT: u32 = 1;

    /// The general program: what holds for any shop before a build has learned this one.
    #[must_use]
    pub fn general(host: Host, country_code: Country, home: String) -> RobotProgram {
        RobotProgram {
            format: RobotProgram::FORMAT,
            host,
            country_code,
            language: None,
            currency: None,
            platform: None,
            product_url_patterns: Vec::new(),
            default_start_urls: vec![home],
            needs_rendering: false,
        }
    }
}

/// An organization's own row on a program, as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Robot {
    pub id: RobotId,
    pub name: String,
    pub host: Host,
    pub country_code: Country,
    pub language: Option<String>,
    pub currency: Option<Currency>,
    pub platform: Option<String>,
    pub status: RobotStatus,
    pub needs_rendering: bool,
    /// Share of fields filled on the check pages; null until a build has measured it.
    pub completeness: Option<f64>,
    pub default_start_urls: Vec<String>,
    pub version: i64,
    pub created_at: Time,
    pub updated_at: Time,
}
