//! Pages in words: about, contact, questions, the journal, the calendar, cart and login. None is a product, though some
//! show prices, pictures and markup of their own.

use serde_json::json;

use super::{
    super::{
        html::{each, escape},
        special::LAST_SEASON,
        twist::Twist,
    },
    View, carousel,
    frame::{Page, document},
};

/// Slug, title, first paragraph. The articles mention prices, as articles do.
const ARTICLES: [(&str, &str, &str); 6] = [
    (
        "how-to-wax-a-jacket",
        "How to wax a jacket",
        "A tin of wax costs about $14.50 and lasts for three jackets. Warm it in a water bath and work it into the seams first.",
    ),
    (
        "seasoning-cast-iron",
        "Seasoning cast iron",
        "A pan for 89,00 € becomes a pan for life if you bake it four times with a film of linseed oil as thin as breath.",
    ),
    (
        "what-impedance-means",
        "What impedance means",
        "The 250 ohm pair at £349.00 is not louder than the 32 ohm pair; on a telephone it is the other way round.",
    ),
    (
        "a-day-at-the-loom",
        "A day at the loom",
        "It takes eleven days to knot a rug of two square metres, which explains why it costs ₹48,999.00 and not less.",
    ),
    (
        "sharpening-secateurs",
        "Sharpening secateurs",
        "A diamond file for 39,90 zł, six strokes on the bevel, none on the flat, and a drop of oil.",
    ),
    (
        "paper-that-does-not-bleed",
        "Paper that does not bleed",
        "We tried eleven notebooks below ¥2,000 with the wettest pen in the shop. Four survived.",
    ),
];

pub(crate) fn about(view: View<'_>) -> String {
    text(
        view,
        "About us",
        "Wicker &amp; Tide is the shop that <strong>Creel</strong> brings along. Its products, brands and people do not exist. Its pages are as awkward as those of real shops, so that what reads them can be measured.",
    )
}

pub(crate) fn contact(view: View<'_>) -> String {
    text(
        view,
        "Contact",
        "Write to <a href=\"mailto:shop@creel-demo.example\">shop@creel-demo.example</a> or call 555 0100 from nine to five. Quotes for goods without a price take one working day.",
    )
}

pub(crate) fn questions(view: View<'_>) -> String {
    text(
        view,
        "Questions and answers",
        "<h2>When will my parcel arrive?</h2><p>In two to four working days. Shipping costs $6.90 below $60.00 and nothing above.</p><h2>Can I return it?</h2><p>Within 30 days.</p>",
    )
}

pub(crate) fn login(view: View<'_>) -> String {
    text(
        view,
        "Sign in",
        "<form action=\"/login\" method=\"post\"><input name=\"email\"> <input name=\"password\" type=\"password\"> <button class=\"button\">Sign in</button></form>",
    )
}

/// The cart and the checkout, which robots_txt forbids.
pub(crate) fn cart(view: View<'_>) -> String {
    text(view, "Cart", "Two items, <span class=\"price\">$118.00</span>. <a href=\"/checkout\">Checkout</a>")
}

fn text(view: View<'_>, title: &str, html: &str) -> String {
    let main = format!("<article class=\"text-page\">\n<h1>{title}</h1>\n<div class=\"rte\">{html}</div>\n</article>\n");
    document(view, &Page { section: None, title: title.to_owned(), head: String::new(), body_class: "template-page", main })
}

pub(crate) fn blog(view: View<'_>) -> String {
    let items = each(ARTICLES, |(slug, title, first)| {
        format!("<li class=\"article-card\"><h2><a href=\"/blog/{slug}\">{title}</a></h2><p>{}</p></li>\n", escape(first))
    });
    let main = format!("<h1>Journal</h1>\n<ul class=\"articles\">\n{items}</ul>\n");
    document(
        view,
        &Page { section: None, title: "Journal".to_owned(), head: String::new(), body_class: "template-blog", main },
    )
}

/// One article with markup of its own and products beside it; `None` where there is none with this slug.
pub(crate) fn blog_article(view: View<'_>, slug: &str) -> Option<String> {
    let (at, (_, title, first)) = ARTICLES.iter().enumerate().find(|(_, (known, ..))| *known == slug)?;
    let data = json!({
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": title,
        "description": first,
        "image": view.absolute(&format!("/media/blog/{slug}-1.png")),
        "datePublished": format!("2026-0{}-12", at + 1),
        "author": { "@type": "Organization", "name": "Wicker & Tide" },
    });
    let beside = carousel::neighbours(view, at * 40, 2, 4);
    let main = format!(
        "<article class=\"text-page\">\n<h1>{title}</h1>\n<img src=\"/media/blog/{slug}-1.png\" alt=\"{title}\" width=\"480\" height=\"480\">\n<div class=\"rte\"><p>{}</p><p>Take your time. Most things that are thrown away could have been kept with an hour of work and a steady hand.</p></div>\n</article>\n{}",
        escape(first),
        carousel::strip(view, &beside, "Shop this story", "article-products", "?utm_source=blog")
    );
    let head = format!(
        "<meta property=\"og:type\" content=\"article\">\n<meta property=\"og:title\" content=\"{title}\">\n<meta property=\"og:image\" content=\"{}\">\n<script type=\"application/ld+json\">{data}</script>\n",
        view.absolute(&format!("/media/blog/{slug}-1.png"))
    );
    Some(document(view, &Page { section: None, title: (*title).to_owned(), head, body_class: "template-article", main }))
}

/// A month of the calendar without an end; `None` where the address is no month.
pub(crate) fn calendar(view: View<'_>, path: &str) -> Option<String> {
    let mut parts = path.strip_prefix("/events/")?.split('/');
    let year: u32 = parts.next()?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day: Option<u32> = parts.next().and_then(|day| day.parse().ok());
    let (next_year, next_month) = if month == 12 { (year.saturating_add(1), 1) } else { (year, month + 1) };
    let days = each(1..=28, |day| format!("<td><a href=\"/events/{year}/{month:02}/{day:02}\">{day}</a></td>\n"));
    let what = day.map_or("Repair café on Saturdays, knife sharpening on the first Monday.".to_owned(), |day| {
        format!("Nothing planned on day {day}.")
    });
    let title = format!("Events {year}-{month:02}");
    let main = format!(
        "<h1>{title}</h1>\n<p>{what}</p>\n<table class=\"calendar\"><tr>\n{days}</tr></table>\n<p><a rel=\"next\" href=\"/events/{next_year}/{next_month:02}\">Next month</a></p>\n"
    );
    Some(document(view, &Page { section: None, title, head: String::new(), body_class: "template-page", main }))
}

/// Old addresses that lead somewhere else or nowhere.
pub(crate) fn last_season(view: View<'_>) -> String {
    let links = each(LAST_SEASON, |(href, words)| format!("<li><a href=\"{href}\">{words}</a></li>\n"));
    text(view, "Last season", &format!("<p>Pages that people still link to.</p><ul>\n{links}</ul>"))
}

/// A page whose every link is not to be followed.
pub(crate) fn wholesale(view: View<'_>) -> String {
    let hidden = view.catalogue.places.iter().position(|place| place.twist == Twist::NofollowPage);
    let link = hidden.map_or(String::new(), |at| {
        let product = view.product(at);
        format!("<a href=\"{}\">{}</a>", escape(&product.path), escape(&product.title))
    });
    let main = format!("<article class=\"text-page\"><h1>Wholesale</h1><p>For dealers only: {link}</p></article>\n");
    let head = "<meta name=\"robots\" content=\"noindex, nofollow\">\n".to_owned();
    document(view, &Page { section: None, title: "Wholesale".to_owned(), head, body_class: "template-page", main })
}
