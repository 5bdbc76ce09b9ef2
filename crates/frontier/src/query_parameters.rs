//! What a query parameter is for, judged by its name alone, with names that mean the same at any shop. No shop is named here.

/// What a parameter does to the page that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Who sent the visitor: campaigns, recommendation widgets, click ids.
    Tracking,
    Session,
    /// Order, layout and length of a list.
    Display,
    /// Which option of one product is chosen at first.
    Variant,
    /// Narrows a list by a property.
    Facet,
    /// Which part of a list.
    Page,
    /// Which product, category or search: everything that is not known to be something else.
    Identity,
}

/// The purpose of the parameter `name=value`, still encoded.
pub(crate) fn purpose_of_pair(pair: &str) -> Purpose {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    match purpose(name) {
        // One script that shows everything is told what by these: `index.php?view=productdetails&layout=default`.
        Purpose::Display if AMBIGUOUS.contains(&name.to_ascii_lowercase().as_str()) && !is_display_value(value) => {
            Purpose::Identity
        }
        purpose => purpose,
    }
}

fn is_display_value(value: &str) -> bool {
    let plain = value.to_ascii_lowercase();
    plain.bytes().all(|byte| byte.is_ascii_digit()) || DISPLAY_VALUES.iter().any(|word| plain.starts_with(word))
}

/// The purpose of the parameter with this (still encoded) name.
pub(crate) fn purpose(name: &str) -> Purpose {
    let mut plain = name.to_ascii_lowercase();
    if plain.contains('%') {
        plain = plain.replace("%5b", "[").replace("%5d", "]").replace("%3a", ":");
    }
    // `filter[color][]`, `piid[0]`: the word before the first bracket says what it is.
    let word = plain.split('[').next().unwrap_or_default();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| plain.starts_with(prefix));
    if TRACKING.contains(&word) || starts(TRACKING_PREFIXES) {
        Purpose::Tracking
    } else if SESSION.contains(&word) || starts(SESSION_PREFIXES) {
        Purpose::Session
    } else if PAGE.contains(&word) {
        Purpose::Page
    } else if DISPLAY.contains(&word) {
        Purpose::Display
    } else if VARIANT.contains(&word) || starts(VARIANT_PREFIXES) {
        Purpose::Variant
    } else if FACET.contains(&word) || starts(FACET_PREFIXES) {
        Purpose::Facet
    } else {
        Purpose::Identity
    }
}

#[rustfmt::skip]
const TRACKING: &[&str] = &[
    "ref", "ref_", "referrer", "referer", "refsrc", "source", "src", "origin", "fbclid", "gclid", "gclsrc", "dclid",
    "wbraid", "gbraid", "msclkid", "yclid", "ttclid", "twclid", "igshid", "igsh", "epik", "li_fat_id", "srsltid",
    "gad", "gad_source", "gad_campaignid", "mkwid", "pcrid", "matchtype", "adgroup", "adgroupid", "adid",
    "campaign", "campaignid", "campaign-id", "campaign_id", "mc_cid", "mc_eid", "_ga", "_gl", "_gac", "_ke", "_kx",
    "_hsenc", "_hsmi", "_openstat", "_branch_match_id", "_branch_referrer", "icid", "icid2", "intcmp", "intcid",
    "int_cmp", "cmpid", "cmp", "ncid", "nbt", "wickedid", "vero_id", "vero_conv", "irclickid", "irgwc", "clickid",
    "click_id", "clkid", "affid", "aff_id", "afid", "affiliate", "affiliatecode", "affiliate_id", "awc", "cjevent",
    "cjdata", "ranmid", "raneaid", "ransiteid", "zanpid", "tduid", "partner", "partnerid", "tag_id", "otracker",
    "otracker1", "_trkparms", "_trksid", "trk", "tracking", "track", "trackingid", "position", "pos", "_pos",
    "_psq", "_ss", "_v", "_sid", "_fid", "placement", "slot", "recommended", "recommendation", "recommender",
    "rectoken", "rec", "recsys", "rec_src", "rrec", "rrplacementtype", "query_id", "queryid", "objectid",
    "indexname", "searchid", "search_id", "nosto", "nosto_source", "com_cvv", "bc", "breadcrumb", "breadcrumbs",
    "navpath", "nav", "spm", "scm", "pvid", "algo_pvid", "ga_order", "ga_search_query", "ga_search_type",
    "ga_view_type", "itemlistname", "itemlistid", "promotion_name", "promotion_id", "creative_name", "emcid",
    "email_id", "s_kwcid", "ef_id", "kwid", "sc_cid", "sc_campaign", "wt_mc", "wt.mc_id", "et_cid", "et_rid",
    "sscid", "hash", "ver", "cachebuster", "cb", "nocache", "_", "timestamp", "notfound", "returnurl", "return_url",
    "returnto", "return_to", "redirect", "redirect_url", "redir", "backurl", "back_url", "gatracking", "gaclientid",
    "fb_action_ids", "fb_action_types", "fb_source", "action_object_map", "cvosrc", "trkid", "dm_i", "zoom",
    "pk_campaign", "pk_kwd",
];
#[rustfmt::skip]
const TRACKING_PREFIXES: &[&str] = &[
    "utm_", "utm-", "utm.", "itm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "trk_", "pr_rec_", "pr_ref_",
    "pr_prod_", "pr_seq", "_sgm_", "snrai_", "yottly_", "nosto_", "recs_", "cm_mmc", "cm_re", "cm_sp", "cm_vc",
    "cm_lm", "oly_", "fb_", "ns_", "at_campaign", "at_medium", "at_custom", "sb_", "aff_", "bd_", "pf_rd_",
    "pd_rd_", "content-id", "dib", "__hs", "_bta_", "rb_clickid", "gatw",
];
#[rustfmt::skip]
const SESSION: &[&str] = &[
    "phpsessid", "phpsessionid", "sid", "s_id", "sessid", "sessionid", "session_id", "session", "sess",
    "jsessionid", "aspsessionid", "asp.net_sessionid", "cfid", "cftoken", "oscsid", "zenid", "xid", "force_sid",
    "sidd", "viewstate", "__viewstate", "token", "csrf", "csrf_token", "_csrf", "form_key", "___sid", "xtc_sid",
    "mosid", "shopsid", "stoken",
];
const SESSION_PREFIXES: &[&str] = &["aspsessionid", "wfsid"];
#[rustfmt::skip]
const PAGE: &[&str] = &[
    "page", "p", "pg", "pagenumber", "page_number", "pageno", "page_no", "pagenum", "pageindex", "page_index",
    "currentpage", "paged", "seite", "pagina", "strana", "strona", "sida", "side", "sivu", "offset", "start",
    "startindex", "from_item", "beginindex", "skip", "infinitescroll", "cursor", "after",
];
#[rustfmt::skip]
const DISPLAY: &[&str] = &[
    "sort", "sortby", "sort_by", "sort-by", "sortorder", "sort_order", "sorting", "sorter", "srule", "order",
    "orderby", "order_by", "orderdir", "order_dir", "dir", "direction", "product_list_order", "product_list_dir",
    "product_list_limit", "product_list_mode", "view", "viewmode", "view_mode", "viewtype", "viewall", "view_all",
    "mode", "display", "displaymode", "layout", "grid", "list", "limit", "perpage", "per_page", "per-page",
    "pagesize", "page_size", "pp", "ipp", "resultsperpage", "results_per_page", "items_per_page", "itemsperpage",
    "productsperpage", "products_per_page", "show", "showall", "show_all", "shownum", "numresults", "n_items", "sz",
    "tab", "tabs", "print", "printable", "format", "columns", "cols", "sortieren", "sortierung", "anzahl",
    "ansicht", "tri", "trier", "orden", "ordenar", "ordinamento", "sortowanie", "razeni", "controller_order",
];
const AMBIGUOUS: &[&str] = &["view", "mode", "layout", "display", "show", "list", "format", "tab", "order"];
#[rustfmt::skip]
const DISPLAY_VALUES: &[&str] = &[
    "grid", "list", "all", "galler", "table", "row", "tile", "compact", "large", "small", "medium", "big", "thumb",
    "box", "line", "col", "asc", "desc", "price", "name", "new", "date", "popular", "relevan", "rating", "best",
    "position", "review", "spec", "descr", "amp", "print", "page", "viewall",
];
const VARIANT: &[&str] = &[
    "variant",
    "variantid",
    "variant_id",
    "variation",
    "variation_id",
    "selected_variant",
    "selectedsku",
    "selected_sku",
    "swatch",
];
const VARIANT_PREFIXES: &[&str] = &["dwvar_", "attribute_pa_", "selected_option"];
#[rustfmt::skip]
const FACET: &[&str] = &[
    "filter", "filters", "filtre", "filtres", "filtro", "filtros", "filtri", "filtr", "f", "fq", "facet", "facets",
    "refine", "refinement", "refinements", "refinementlist", "pmin", "pmax", "price", "prices", "price_min",
    "price_max", "minprice", "maxprice", "min_price", "max_price", "price_from", "price_to", "pricerange",
    "price_range", "preis", "prix", "precio", "prezzo", "cena", "color", "colour", "colors", "colours", "farbe",
    "couleur", "colore", "kleur", "kolor", "farve", "size", "sizes", "groesse", "taille", "talla", "taglia", "maat",
    "rozmiar", "velikost", "brand", "brands", "marke", "marque", "marca", "merk", "manufacturer", "manufacturers",
    "hersteller", "vendor", "material", "gender", "fit", "pattern", "discount", "sale", "rating", "ratings",
    "availability", "instock", "in_stock", "on_sale", "stock", "condition", "narrow", "prefn", "prefv", "specs",
    "attributes", "attrib", "layered", "constraint", "pf", "tags", "features",
];
#[rustfmt::skip]
const FACET_PREFIXES: &[&str] = &[
    "filter", "facet", "refine", "prefn", "prefv", "pf_", "f_", "f.", "fq_", "filtr", "attr_", "attribute_",
    "spec_", "price_", "min_", "max_", "bf_", "af_", "pa_", "query_type_", "pmin_", "pmax_", "shop_filter", "wpf_",
    "mfp_",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_tell_more() {
        for (pair, expected) in [
            ("view=grid", Purpose::Display),
            ("view=60", Purpose::Display),
            ("view=productdetails", Purpose::Identity),
            ("order=price_desc", Purpose::Display),
            ("sort=anything", Purpose::Display),
            ("id=list", Purpose::Identity),
        ] {
            assert_eq!(purpose_of_pair(pair), expected, "{pair}");
        }
    }

    #[test]
    fn names_tell_the_purpose() {
        for (name, expected) in [
            ("utm_source", Purpose::Tracking),
            ("GCLID", Purpose::Tracking),
            ("PHPSESSID", Purpose::Session),
            ("sort_by", Purpose::Display),
            ("product_list_order", Purpose::Display),
            ("variant", Purpose::Variant),
            ("dwvar_123_color", Purpose::Variant),
            ("filter.v.price.gte", Purpose::Facet),
            ("filter%5Bcolor%5D%5B%5D", Purpose::Facet),
            ("pf_p_color", Purpose::Facet),
            ("pf_rd_p", Purpose::Tracking),
            ("color", Purpose::Facet),
            ("page", Purpose::Page),
            ("id", Purpose::Identity),
            ("product_id", Purpose::Identity),
            ("sku", Purpose::Identity),
            ("q", Purpose::Identity),
            ("cat", Purpose::Identity),
        ] {
            assert_eq!(purpose(name), expected, "{name}");
        }
    }
}
