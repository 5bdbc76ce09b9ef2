//! Where one is among the pages, and the ways that the rail shows from there. What does not exist yet has no way.

/// A page, or the pages of a thing, as a way leads to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Robots,
    RobotBuilds,
    NewRobot,
    Runs,
    Schedules,
    Captures,
    Enrichments,
    Items,
    Assistant,
    Billing,
    Usage,
    Statement,
    Organization,
    Members,
    ApiKeys,
    Webhooks,
    Audit,
    Account,
    /// Of a page that no way leads to.
    Elsewhere,
}

/// A way, and those that stand below it while one is there.
struct Row {
    group: &'static str,
    place: Place,
    path: &'static str,
    text: &'static str,
    icon: Icon,
    parts: &'static [(Place, &'static str, &'static str)],
}

const ROWS: [Row; 10] = [
    Row { group: "", place: Place::Overview, path: "/", text: "Overview", icon: Icon::Overview, parts: &[] },
    Row {
        group: "Extract",
        place: Place::Robots,
        path: "/robots",
        text: "Robots",
        icon: Icon::Robots,
        parts: &[
            (Place::Robots, "/robots", "List"),
            (Place::RobotBuilds, "/robots/builds", "Builds"),
            (Place::NewRobot, "/robots/new", "New"),
        ],
    },
    Row { group: "Extract", place: Place::Runs, path: "/runs", text: "Runs", icon: Icon::Runs, parts: &[] },
    Row {
        group: "Extract",
        place: Place::Schedules,
        path: "/schedules",
        text: "Schedules",
        icon: Icon::Schedules,
        parts: &[],
    },
    Row { group: "Extract", place: Place::Captures, path: "/captures", text: "Captures", icon: Icon::Captures, parts: &[] },
    Row {
        group: "Enrich",
        place: Place::Enrichments,
        path: "/enrichments",
        text: "Enrichments",
        icon: Icon::Enrichments,
        parts: &[],
    },
    Row { group: "Enrich", place: Place::Items, path: "/items", text: "Items", icon: Icon::Items, parts: &[] },
    Row { group: "Ask", place: Place::Assistant, path: "/assistant", text: "Assistant", icon: Icon::Assistant, parts: &[] },
    Row {
        group: "Organization",
        place: Place::Billing,
        path: "/billing",
        text: "Billing",
        icon: Icon::Billing,
        parts: &[
            (Place::Billing, "/billing", "Balance and plan"),
            (Place::Usage, "/billing/usage", "Usage"),
            (Place::Statement, "/billing/statement", "Statement"),
        ],
    },
    Row {
        group: "Organization",
        place: Place::Organization,
        path: "/settings",
        text: "Settings",
        icon: Icon::Settings,
        parts: &[
            (Place::Organization, "/settings", "Organization"),
            (Place::Members, "/settings/members", "Members"),
            (Place::ApiKeys, "/settings/api-keys", "API keys"),
            (Place::Webhooks, "/settings/webhooks", "Webhooks"),
            (Place::Audit, "/settings/audit", "Audit log"),
            (Place::Account, "/settings/account", "Your account"),
        ],
    },
];

/// Ways that stand together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) ways: Vec<Way>,
}

pub(crate) struct Way {
    pub(crate) path: &'static str,
    pub(crate) text: &'static str,
    pub(crate) icon: Option<Icon>,
    pub(crate) is_here: bool,
}

impl Place {
    /// The ways as the rail shows them from here: parts stand open while one is in them.
    pub(crate) fn groups(self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for row in &ROWS {
            if groups.last().is_none_or(|group| group.name != row.group) {
                groups.push(Group { name: row.group, ways: Vec::new() });
            }
            let Some(group) = groups.last_mut() else { continue };
            let is_inside = row.parts.iter().any(|(place, ..)| *place == self);
            let is_here = row.place == self && !is_inside;
            group.ways.push(Way { path: row.path, text: row.text, icon: Some(row.icon), is_here });
            if is_inside {
                let part = |(place, path, text): &(Place, &'static str, &'static str)| Way {
                    path,
                    text,
                    icon: None,
                    is_here: *place == self,
                };
                group.ways.extend(row.parts.iter().map(part));
            }
        }
        groups
    }

    /// Every way with where it leads and under which head, for the palette.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        ROWS.iter().flat_map(|row| {
            let own = row.parts.is_empty().then_some((row.path, row.text, row.group));
            own.into_iter().chain(row.parts.iter().map(|(_, path, text)| (*path, *text, row.text)))
        })
    }
}

/// Small pictures of 24 by 24, drawn with strokes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Icon {
    Overview,
    Robots,
    Runs,
    Schedules,
    Captures,
    Enrichments,
    Items,
    Assistant,
    Billing,
    Settings,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Icon::Overview => "M3 11.5 12 4l9 7.500M5.500 9.500V20h13V9.500M10 20v-6h4v6",
            Icon::Robots => "M5 9h14v10H5zM12 9V5M10 4h4M9 13.500v1M15 13.500v1M2.500 13v3M21.500 13v3",
            Icon::Runs => "M8 5.500v13l10.500-6.500z",
            Icon::Schedules => "M4 6h16v14H4zM4 10h16M8 3.500V7M16 3.500V7M12 13v3l2 1",
            Icon::Captures => {
                "M4 10h16l-1.600 9.500H5.600zM8 10c0-3 1.500-5.500 4-5.500s4 2.500 4 5.500M4.700 14.500h14.600"
            }
            Icon::Enrichments => {
                "M11 4l1.800 5.200L18 11l-5.200 1.800L11 18l-1.800-5.200L4 11l5.200-1.800zM18.500 15.500v5M16 18h5"
            }
            Icon::Items => "M4 4h7v7H4zM14 6h6M14 9h4M4 14h7v6H4zM14 16h6M14 19h4",
            Icon::Assistant => "M4 5h16v11h-9l-4.500 4v-4H4zM8.500 9h7M8.500 12h4.500",
            Icon::Billing => "M3 6h18v12H3zM3 10h18M7 15h4",
            Icon::Settings => "M4 7h9M17 7h3M13 5v4M4 12h3M11 12h9M7 10v4M4 17h11M19 17h1M15 15v4",
        }
    }
}

impl std::fmt::Display for Icon {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let head = "<svg viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\" \
                    stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\"><path d=\"";
        write!(out, "{head}{}\"/></svg>", self.path())
    }
}

impl askama::filters::HtmlSafe for Icon {}
