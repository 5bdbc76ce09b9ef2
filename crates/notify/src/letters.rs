//! The texts of mails, plain and as simple HTML. What people wrote themselves (names of theirs and of organizations) is shown as
//! text only: one line, no markup, nothing that a mail program would make a link of.

use creel_store::{access::mails::Content, notices::Notice};
use creel_types::{Role, links};

/// Letters of a name that a mail shows.
const SHOWN_LETTERS_MAX: usize = 60;

/// A mail's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub subject: String,
    pub plain: String,
    pub html: String,
}

/// Writes mails for an installation.
#[derive(Clone, Debug)]
pub struct Letters {
    public_url: String,
}

/// What each mail is made of.
struct Parts {
    subject: String,
    greeting: String,
    says: String,
    button: &'static str,
    link: String,
    good_for: &'static str,
    unexpected: &'static str,
}

impl Letters {
    /// For the address under which people reach the installation.
    #[must_use]
    pub fn new(public_url: &str) -> Letters {
        Letters { public_url: public_url.trim_end_matches('/').to_owned() }
    }

    #[must_use]
    pub fn write(&self, content: &Content) -> Text {
        let parts = match content {
            Content::VerifyEmail { name, token } => Parts {
                subject: "Confirm your e-mail address".to_owned(),
                greeting: greeting(name),
                says: "You signed up for Creel with this address. Confirm that it is yours, and your organization is made."
                    .to_owned(),
                button: "Confirm the address",
                link: links::link(&self.public_url, links::VERIFY_EMAIL_PATH, token.as_str()),
                good_for: "The link is good for 24 hours.",
                unexpected: "If you did not sign up, do not follow it: nothing happens without it.",
            },
            Content::ResetPassword { name, token } => Parts {
                subject: "Set a new password".to_owned(),
                greeting: greeting(name),
                says: "Somebody asked for a new password for your account at Creel.".to_owned(),
                button: "Set a new password",
                link: links::link(&self.public_url, links::RESET_PASSWORD_PATH, token.as_str()),
                good_for: "The link is good for one hour and works once.",
                unexpected: "If it was not you, do nothing: your password stays as it is.",
            },
            Content::Invitation { organization, role, invited_by, token } => Parts {
                subject: format!("Invitation to {}", shown(organization)),
                greeting: "Hello,".to_owned(),
                says: format!(
                    "{} invites you to the organization {} at Creel, as {}.",
                    shown(invited_by),
                    shown(organization),
                    as_role(*role)
                ),
                button: "See the invitation",
                link: links::link(&self.public_url, links::INVITATION_PATH, token.as_str()),
                good_for: "The link is good for 7 days and works once.",
                unexpected: "If you do not know who invites you, do nothing.",
            },
            Content::AlreadySignedUp { name } => Parts {
                subject: "You have an account already".to_owned(),
                greeting: greeting(name),
                says: "Somebody signed up for Creel with this address, which has an account already. Nothing was changed."
                    .to_owned(),
                button: "Sign in",
                link: format!("{}{}", self.public_url, links::SIGN_IN_PATH),
                good_for: "If you do not know your password any more, you can set a new one there.",
                unexpected: "If it was not you, do nothing.",
            },
            Content::Notice { name, organization, notice } => self.notice(name, organization, notice),
        };
        Text { plain: parts.plain(), html: parts.html(), subject: parts.subject }
    }
}

impl Letters {
    fn notice(&self, name: &str, organization: &str, notice: &Notice) -> Parts {
        let organization = shown(organization);
        let (subject, says) = match notice {
            Notice::CreditsLow { percent, available } => (
                format!("Credits of {organization} are low"),
                format!("{organization} has {available} credits left, {percent} % or less of what it was given."),
            ),
            Notice::CreditsExhausted { available } => (
                format!("{organization} is out of credits"),
                format!(
                    "{organization} has {available} credits left, and one capture takes more. Runs have ended and schedules are \
                     paused; schedules go on by themselves once there are credits."
                ),
            ),
            Notice::RunsFailed { count, newest } => (
                format!("{} failed", counted(*count, "run", "runs")),
                format!("{} of {organization} failed, the last one {}.", counted(*count, "run", "runs"), shown(newest)),
            ),
            Notice::SchedulesPaused { count, newest } => (
                format!("{} paused", counted(*count, "schedule is", "schedules are")),
                format!(
                    "{} of {organization} paused for want of credits, the last one {}. They go on once there are credits.",
                    counted(*count, "schedule is", "schedules are"),
                    shown(newest)
                ),
            ),
            Notice::WebhookDisabled { place, is_gone } => {
                let why = if *is_gone { "it answered that it is gone" } else { "it answered nothing good for five days" };
                (
                    format!("A webhook of {organization} was disabled"),
                    format!("Events are no longer sent to {}, because {why}. It can be made active again.", shown(place)),
                )
            }
        };
        Parts {
            subject,
            greeting: greeting(name),
            says,
            button: "Open Creel",
            link: format!("{}/", self.public_url),
            good_for: "You get this because you chose so, or by your role.",
            unexpected: "Which notices you get is yours to say, for each organization: see \"notices\" of your session.",
        }
    }
}

impl Parts {
    fn plain(&self) -> String {
        let Parts { greeting, says, button, link, good_for, unexpected, .. } = self;
        format!("{greeting}\n\n{says}\n\n{button}:\n{link}\n\n{good_for}\n{unexpected}\n")
    }

    fn html(&self) -> String {
        let [greeting, says, button, link, good_for, unexpected] =
            [&self.greeting, &self.says, self.button, &self.link, self.good_for, self.unexpected].map(escaped);
        format!(
            "<!doctype html><html lang=\"en\"><body style=\"font-family:sans-serif;line-height:1.5\">\
             <p>{greeting}</p><p>{says}</p><p><a href=\"{link}\">{button}</a></p>\
             <p>If the link cannot be clicked, copy it:<br>{link}</p><p>{good_for}<br>{unexpected}</p></body></html>\n"
        )
    }
}

fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn greeting(name: &str) -> String {
    format!("Hello {},", shown(name))
}

const fn as_role(role: Role) -> &'static str {
    match role {
        Role::Member => "a member",
        Role::Admin => "an admin",
        Role::Owner => "an owner",
    }
}

/// Somebody's words as one short line in which nothing is a link: a mail must not carry a stranger's address to others.
fn shown(text: &str) -> String {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let apart = line.replace("://", ": //").replace("www.", "www .");
    let mut short: String = apart.chars().take(SHOWN_LETTERS_MAX).collect();
    if short.len() < apart.len() {
        short.push('…');
    }
    short.trim().to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use creel_store::access::Token;
    use creel_types::Random;

    use super::*;

    fn invitation(organization: &str) -> Text {
        Letters::new("https://creel.example/").write(&Content::Invitation {
            organization: organization.to_owned(),
            role: Role::Admin,
            invited_by: "ann@shop.example".to_owned(),
            token: Token::mint(&Random::seeded(1)),
        })
    }

    #[test]
    fn a_mail_says_who_what_and_how_long() {
        let text = invitation("Shop & Co");
        assert_eq!(text.subject, "Invitation to Shop & Co");
        for part in ["ann@shop.example", "Shop & Co", "an admin", "https://creel.example/invitation?token=", "7 days"] {
            assert!(text.plain.contains(part), "{part}");
        }
        assert!(text.html.contains("Shop &amp; Co") && !text.html.contains("Shop & Co"));
    }

    #[test]
    fn a_notice_says_what_happened_and_links_nowhere_else() {
        let write = |notice| {
            let (name, organization) = ("Ann".to_owned(), "Shop & Co".to_owned());
            Letters::new("https://creel.example").write(&Content::Notice { name, organization, notice })
        };
        let failed = write(Notice::RunsFailed { count: 3, newest: "https://evil.example".to_owned() });
        assert_eq!(failed.subject, "3 runs failed");
        assert!(failed.plain.contains("3 runs of Shop & Co failed") && !failed.plain.contains("https://evil"), "{failed:?}");
        assert!(failed.plain.contains("https://creel.example/\n"));
        for (notice, subject) in [
            (Notice::CreditsLow { percent: 5, available: 9 }, "Credits of Shop & Co are low"),
            (Notice::CreditsExhausted { available: 1 }, "Shop & Co is out of credits"),
            (Notice::RunsFailed { count: 1, newest: "n".to_owned() }, "1 run failed"),
            (Notice::SchedulesPaused { count: 2, newest: "n".to_owned() }, "2 schedules are paused"),
            (
                Notice::WebhookDisabled { place: "https://h".to_owned(), is_gone: true },
                "A webhook of Shop & Co was disabled",
            ),
        ] {
            assert_eq!(write(notice).subject, subject);
        }
    }

    #[test]
    fn a_name_is_no_header_no_markup_and_no_link() {
        let text = invitation("x\r\nBcc: all@shop.example <a href='https://evil.example'>www.evil.example</a>");
        assert!(!text.subject.contains(['\r', '\n']));
        for part in ["<a href='", "https://evil", "www.evil"] {
            assert!(!text.html.contains(part) && !text.plain.contains("https://evil"), "{part}");
        }
        assert_eq!(shown(&"ä".repeat(100)).chars().count(), SHOWN_LETTERS_MAX + 1);
    }
}
