//! Pages that stand where another page should be: missing, broken, challenged, empty until a script runs.

use super::{
    super::{html::escape, section::Section},
    View,
    frame::{Page, document},
};

/// The page of a 404, in the shop's first language.
pub(crate) fn missing(view: View<'_>) -> String {
    let main = "<div class=\"text-page\"><h1>404 – Page not found</h1>\n<p>The page that you were looking for does not exist. <a href=\"/\">Go to the home page</a></p></div>\n";
    let head = "<meta name=\"robots\" content=\"noindex\">\n".to_owned();
    document(
        view,
        &Page { section: None, title: "Page not found".to_owned(), head, body_class: "template-404", main: main.to_owned() },
    )
}

/// What a section says of a product that is no more; served with status 200.
pub(crate) fn gone(view: View<'_>, section: &'static Section) -> String {
    let language = section.language;
    let main = format!(
        "<div class=\"text-page\"><h1>{0}</h1>\n<p>{1}</p>\n<p><a href=\"{2}\">{3}</a></p></div>\n",
        escape(language.gone),
        escape(language.gone_text),
        section.path(),
        escape(section.name)
    );
    document(
        view,
        &Page {
            section: Some(section),
            title: language.gone.to_owned(),
            head: String::new(),
            body_class: "template-page",
            main,
        },
    )
}

/// What a protection service sends instead of a page, with status 403.
pub(crate) fn challenge() -> String {
    "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head>\n<title>Just a moment...</title>\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n\
     <meta name=\"robots\" content=\"noindex,nofollow\">\n<meta http-equiv=\"refresh\" content=\"390\">\n</head>\n<body class=\"no-js\">\n<div class=\"main-wrapper\" role=\"main\">\n<div class=\"main-content\">\n\
     <h1 class=\"zone-name-title h1\">creel-demo.example</h1>\n<h2 class=\"h2\" id=\"challenge-running\">Checking your browser before accessing the site.</h2>\n\
     <noscript><div id=\"challenge-error-title\">Enable JavaScript and cookies to continue</div></noscript>\n<div id=\"challenge-body-text\">This process is automatic. Your browser will redirect to your requested content shortly.</div>\n\
     <form id=\"challenge-form\" action=\"?__cf_chl_f_tk=demo\" method=\"POST\"><input type=\"hidden\" name=\"md\" value=\"demo\"></form>\n</div>\n</div>\n\
     <script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};})();</script>\n</body>\n</html>\n"
        .to_owned()
}

/// The shell of an application that would fetch its product by script.
pub(crate) fn shell(title: &str, section: &Section) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>Wicker &amp; Tide</title>\n<link rel=\"modulepreload\" href=\"/static/app.js\">\n</head>\n\
         <body>\n<noscript>You need to enable JavaScript to run this app.</noscript>\n<div id=\"root\"></div>\n<script type=\"module\" src=\"/static/app.js\" data-page=\"{}\"></script>\n</body>\n</html>\n",
        section.html_lang,
        super::super::slug::slug(title)
    )
}

/// A server that fell over: 500 and 503 look alike to a visitor.
pub(crate) fn broken(status: u16) -> String {
    format!(
        "<html>\n<head><title>{status} Server Error</title></head>\n<body>\n<center><h1>{status} Server Error</h1></center>\n<hr><center>shop-frontend</center>\n</body>\n</html>\n"
    )
}
