//! The words around products: buttons, labels, notes and legal texts, one file a language.
//! Refuses to hold what a section sells; that is in `sections`.

mod de;
mod en;
mod fr;
mod ja;
mod pl;
mod pt;
mod sv;

pub(crate) use self::{de::DE, en::EN, fr::FR, ja::JA, pl::PL, pt::PT, sv::SV};

/// Everything that the shop says in one language. `{}` stands for a number or a name.
#[derive(Debug)]
pub(crate) struct Language {
    /// Primary tag, such as `de`.
    pub(crate) tag: &'static str,
    pub(crate) home: &'static str,
    pub(crate) cart: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) search: &'static str,
    pub(crate) add_to_cart: &'static str,
    pub(crate) in_stock: &'static str,
    pub(crate) out_of_stock: &'static str,
    pub(crate) price_on_request: &'static str,
    pub(crate) ask: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) choose: &'static str,
    pub(crate) description: &'static str,
    pub(crate) details: &'static str,
    pub(crate) article_number: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) was: &'static str,
    pub(crate) tax_note: &'static str,
    pub(crate) reviews: &'static str,
    pub(crate) review_texts: [&'static str; 4],
    pub(crate) also_bought: &'static str,
    pub(crate) related: &'static str,
    pub(crate) recent: &'static str,
    pub(crate) next: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) sort_by: &'static str,
    pub(crate) sorts: [&'static str; 4],
    pub(crate) filters: &'static str,
    pub(crate) results: &'static str,
    pub(crate) shipping: &'static str,
    pub(crate) shipping_texts: [&'static str; 3],
    pub(crate) returns: &'static str,
    pub(crate) returns_texts: [&'static str; 3],
    pub(crate) newsletter: &'static str,
    pub(crate) newsletter_text: &'static str,
    pub(crate) subscribe: &'static str,
    pub(crate) cookie_text: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) decline: &'static str,
    pub(crate) about: &'static str,
    pub(crate) contact: &'static str,
    pub(crate) questions: &'static str,
    pub(crate) blog: &'static str,
    pub(crate) country: &'static str,
    pub(crate) footer_text: &'static str,
    /// What a page says, with status 200, of a product that is no more.
    pub(crate) gone: &'static str,
    pub(crate) gone_text: &'static str,
}
