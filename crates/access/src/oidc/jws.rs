//! Signatures of tokens (RFC 7515, compact form; RFC 7518) by the keys of a provider. The key decides what a signature of it can be;
//! what the token says of itself only chooses among that. No shared secrets, no unsigned tokens.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;

/// Bytes of a token.
const TOKEN_BYTES_MAX: usize = 64 * 1024;

/// A public key of the provider.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Key {
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    #[serde(flatten)]
    kind: KeyKind,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kty")]
enum KeyKind {
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    #[serde(rename = "EC")]
    Curve { crv: String, x: String, y: String },
    #[serde(rename = "OKP")]
    Edwards { crv: String, x: String },
}

impl Key {
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.kid.as_deref() == Some(name)
    }

    /// Whether the signature is this key's. `None` where it cannot be.
    fn verifies(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let is_for_this = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|own| own == algorithm);
        if !is_for_this {
            return None;
        }
        let verified = match &self.kind {
            KeyKind::Rsa { n, e } => {
                let key = RsaPublicKeyComponents { n: decoded(n)?, e: decoded(e)? };
                key.verify(rsa(algorithm)?, message, signature)
            }
            KeyKind::Curve { crv, x, y } => {
                let algorithm: &'static dyn VerificationAlgorithm = match (algorithm, crv.as_str()) {
                    ("ES256", "P-256") => &signature::ECDSA_P256_SHA256_FIXED,
                    ("ES384", "P-384") => &signature::ECDSA_P384_SHA384_FIXED,
                    _ => return None,
                };
                let point = [&[4], decoded(x)?.as_slice(), decoded(y)?.as_slice()].concat();
                UnparsedPublicKey::new(algorithm, point).verify(message, signature)
            }
            KeyKind::Edwards { crv, x } => match (algorithm, crv.as_str()) {
                ("EdDSA" | "Ed25519", "Ed25519") => {
                    UnparsedPublicKey::new(&signature::ED25519, decoded(x)?).verify(message, signature)
                }
                _ => return None,
            },
        };
        Some(verified.is_ok())
    }
}

fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// A token that is read and not believed yet.
#[derive(Debug)]
pub(super) struct Unverified<'a> {
    pub(super) key_id: Option<String>,
    algorithm: String,
    message: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What must be understood, and is not.
    crit: Option<serde_json::Value>,
}

pub(super) fn parse(token: &str) -> Result<Unverified<'_>, &'static str> {
    const BROKEN: &str = "its token is broken";
    if token.len() > TOKEN_BYTES_MAX {
        return Err("its token is too long");
    }
    let (message, signature) = token.rsplit_once('.').ok_or(BROKEN)?;
    let (header, payload) = message.split_once('.').ok_or(BROKEN)?;
    let header: Header = serde_json::from_slice(&decoded(header).ok_or(BROKEN)?).map_err(|_| BROKEN)?;
    if header.crit.is_some() {
        return Err("its token asks for what is not known here");
    }
    let signature = decoded(signature).ok_or(BROKEN)?;
    Ok(Unverified { key_id: header.kid, algorithm: header.alg, message, payload, signature })
}

impl Unverified<'_> {
    /// The payload, if one of the keys signed it: the named one, or any where none is named.
    pub(super) fn verify(&self, keys: &[Key]) -> Result<Vec<u8>, &'static str> {
        let named = keys.iter().filter(|key| self.key_id.as_deref().is_none_or(|name| key.is_called(name)));
        let mut verdicts =
            named.filter_map(|key| key.verifies(&self.algorithm, self.message.as_bytes(), &self.signature)).peekable();
        if verdicts.peek().is_none() {
            return Err("its token is signed by a key, or in a way, that is not known here");
        }
        if !verdicts.any(|verified| verified) {
            return Err("its token's signature is wrong");
        }
        decoded(self.payload).ok_or("its token is broken")
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, A.3: ES256.
    const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    fn verify(token: &str, key: &str) -> Result<String, &'static str> {
        let payload = parse(token)?.verify(&[serde_json::from_str(key).unwrap()])?;
        Ok(String::from_utf8(payload).unwrap())
    }

    #[test]
    fn the_standards_own_token() {
        assert!(verify(TOKEN, KEY).unwrap().contains("\"joe\""));
        for (from, to) in [("DtEh", "DtEi"), ("eyJpc3", "eyJpc2")] {
            assert!(verify(&TOKEN.replace(from, to), KEY).unwrap_err().contains("signature"));
        }
        assert!(verify(TOKEN, &KEY.replace("f83O", "f83P")).is_err());
        assert!(verify(TOKEN, &KEY.replace("P-256", "P-384")).unwrap_err().contains("not known"));
        assert!(verify(TOKEN, &KEY.replace("\"EC\"", "\"EC\",\"use\":\"enc\"")).unwrap_err().contains("not known"));
        assert!(verify(TOKEN, &KEY.replace("\"EC\"", "\"EC\",\"alg\":\"ES384\"")).unwrap_err().contains("not known"));
    }

    #[test]
    fn what_is_not_signed_by_a_key_is_refused() {
        let token = |header: &str, signature: &str| {
            let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.{}", encode(header), encode("{}"), encode(signature))
        };
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256"}"#, r#"{"alg":"RS256"}"#, r#"{"alg":"ES256","kid":"other"}"#] {
            assert!(verify(&token(header, ""), KEY).unwrap_err().contains("not known"), "{header}");
        }
        assert!(verify(&token(r#"{"alg":"ES256","crit":["b64"]}"#, ""), KEY).is_err());
        assert!(verify(&token(r#"{"alg":"ES256"}"#, "x"), KEY).unwrap_err().contains("signature"));
        for broken in ["", ".", "..", "a.b.c", "e30.e30.e30"] {
            assert!(verify(broken, KEY).is_err(), "{broken}");
        }
        assert!(verify(&"a".repeat(TOKEN_BYTES_MAX + 1), KEY).unwrap_err().contains("long"));
    }
}
