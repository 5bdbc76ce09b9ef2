//! The first step of a trail that is the shop's home page and no category. Owns the words for it; whether a step links to the root is seen where
//! links are.

/// What shops call their home page, in lower case.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "home", "homepage", "home page", "main page", "start", "startseite", "accueil", "page d'accueil", "inicio",
    "página de inicio", "portada", "início", "página inicial", "pagina iniziale", "pagina principale", "hem",
    "startsida", "startsidan", "forside", "forsiden", "hjem", "startside", "etusivu", "avaleht", "esileht", "pradžia",
    "pagrindinis", "sākums", "sākumlapa", "strona główna", "domů", "úvod", "hlavní stránka", "domov",
    "hlavná stránka", "kezdőlap", "főoldal", "acasă", "acasa", "pagina principală", "domača stran", "naslovnica",
    "početna", "početna stranica", "начало", "главная", "главная страница", "головна", "anasayfa", "ana sayfa",
    "αρχική", "αρχική σελίδα", "דף הבית", "الرئيسية", "الصفحة الرئيسية", "خانه", "ホーム", "トップ", "トップページ", "首页", "首頁",
    "홈",
];

/// Whether a step names the home page.
#[must_use]
pub(super) fn names(step: &str) -> bool {
    let folded = step.trim().trim_matches(['«', '»', '<', '>', '/', ' ']).to_lowercase().replace('’', "'");
    WORDS.contains(&folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_home() {
        for (step, expected) in [
            ("Home", true),
            (" STARTSEITE ", true),
            ("Página inicial", true),
            ("ホーム", true),
            ("Home & Garden", false),
            ("Hemtextil", false),
            ("", false),
        ] {
            assert_eq!(names(step), expected, "{step}");
        }
    }
}
