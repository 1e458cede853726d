//! The development issuer: signs people in by name, with a key of its own.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::users::Role;
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Identity;
use crate::people::Person;

/// The `iss` of its tokens.
pub(crate) const DEV_ISSUER: &str = "campusg-dev";
/// How long its tokens are good for, in seconds: 12 hours.
const LIFE: i64 = 12 * 60 * 60;

/// What every PKCS #8 document of an Ed25519 key begins with; the 32 bytes of the key follow (RFC 8410, 10.3).
const PKCS8_ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// What a token says (RFC 7519). Whatever an issuer's own words are about is read leniently: it may write there what it likes.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    /// Seconds since 1970; some issuers write fractions.
    pub(crate) exp: f64,
    #[serde(default)]
    pub(crate) nbf: Option<f64>,
    /// The web page that it was issued to.
    #[serde(default)]
    pub(crate) azp: Option<String>,
    /// Clerk's session status: `pending` while somebody has yet to finish signing in.
    #[serde(default)]
    pub(crate) sts: Option<String>,
    #[serde(default)]
    pub(crate) name: Value,
    #[serde(default)]
    pub(crate) roles: Value,
    /// Where Clerk's own guide puts a person's public metadata.
    #[serde(default)]
    pub(crate) metadata: Value,
    #[serde(default)]
    pub(crate) public_metadata: Value,
}

/// [`Claims`] as this issuer writes them.
#[derive(Serialize)]
struct DevClaims<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a str,
    iat: i64,
    exp: i64,
    name: &'a str,
    roles: &'a [Role],
}

/// Signs tokens.
pub(crate) struct DevIssuer {
    key: EncodingKey,
    key_id: String,
    audience: String,
    /// What others check its tokens with.
    pub(crate) jwks: JwkSet,
}

impl DevIssuer {
    /// Reads the key from the file that the settings name, making it if need be; without a file, a new key.
    pub(crate) fn open(identity: &Identity) -> anyhow::Result<Self> {
        let der = match identity.dev_key_file.as_str() {
            "" => new_key(),
            file => load_or_create(Path::new(file)).with_context(|| format!("identity.dev_key_file: {file}"))?,
        };
        let key = EncodingKey::from_ed_der(&der);
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).context("not an Ed25519 key")?;
        let key_id = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(key_id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { key, key_id, audience: identity.audience.clone(), jwks: JwkSet { keys: vec![jwk] } })
    }

    /// A token for this person.
    pub(crate) fn sign(&self, person: &Person, now: Timestamp) -> jsonwebtoken::errors::Result<String> {
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = DevClaims {
            iss: DEV_ISSUER,
            sub: person.user_id().to_string(),
            aud: &self.audience,
            iat: now.as_second(),
            exp: now.as_second() + LIFE,
            name: &person.name,
            roles: person.roles,
        };
        jsonwebtoken::encode(&header, &claims, &self.key)
    }
}

fn new_key() -> Vec<u8> {
    let secret: [u8; 32] = rand::random();
    [&PKCS8_ED25519[..], &secret].concat()
}

fn load_or_create(file: &Path) -> anyhow::Result<Vec<u8>> {
    match fs::read_to_string(file) {
        Ok(pem) => return from_pem(&pem),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    // Written aside and then linked, which fails if the name is taken: whoever comes first has the key, and nobody ever
    // reads half of one.
    let aside = file.with_extension(format!("{}.{:016x}.new", std::process::id(), rand::random::<u64>()));
    let pem = format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", STANDARD.encode(new_key()));
    let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    written.write_all(pem.as_bytes())?;
    written.sync_all()?;
    let linked = fs::hard_link(&aside, file);
    fs::remove_file(&aside)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        Ok(()) | Err(_) => from_pem(&fs::read_to_string(file)?),
    }
}

fn from_pem(pem: &str) -> anyhow::Result<Vec<u8>> {
    let base64 = pem.trim().strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
    let base64: String = base64.context("not a PEM private key")?.split_ascii_whitespace().collect();
    let der = STANDARD.decode(base64).context("not a PEM private key")?;
    ensure!(der.len() == 48 && der.starts_with(&PKCS8_ED25519), "not an Ed25519 key");
    Ok(der)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_is_nobody_elses_to_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("keys/dev.pem");
        let made = load_or_create(&file).expect("a key");
        assert_eq!(load_or_create(&file).expect("the key"), made);
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(file.parent().expect("a directory")).expect("entries").count(), 1);
    }

    #[test]
    fn a_file_that_is_no_key_is_refused_and_left_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("dev.pem");
        fs::write(&file, "hello").expect("written");
        assert!(load_or_create(&file).is_err());
        assert_eq!(fs::read_to_string(&file).expect("read"), "hello");
    }
}
