//! Where links that are mailed or printed lead, below the public address of the installation: what a mail says and what the
//! server answers are the same words. The token stands behind `?token=`.

pub const SET_UP_PATH: &str = "/set-up";
pub const SIGN_IN_PATH: &str = "/sign-in";
pub const VERIFY_EMAIL_PATH: &str = "/verify-email";
pub const RESET_PASSWORD_PATH: &str = "/reset-password";
pub const INVITATION_PATH: &str = "/invitation";
/// Where a provider of OpenID Connect sends the browser back to.
pub const OIDC_CALLBACK_PATH: &str = "/sign-in/oidc/callback";
/// Where people buy, and where Stripe sends them back to.
pub const BILLING_PATH: &str = "/billing";
/// Where Stripe sends events.
pub const STRIPE_EVENTS_PATH: &str = "/webhooks/stripe";

/// The link with its token, below a public address with or without a path and a slash at its end.
#[must_use]
pub fn link(public_url: &str, path: &str, token: &str) -> String {
    format!("{}{path}?token={token}", public_url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    #[test]
    fn below_the_public_address() {
        for base in ["https://creel.example", "https://creel.example/"] {
            assert_eq!(super::link(base, super::SET_UP_PATH, "00ff"), "https://creel.example/set-up?token=00ff");
        }
    }
}
