//! Text that only the platform can have written: quotes that come back from clients, and PINs that nobody can guess.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// Seals and opens with one secret key that all replicas of the platform share.
#[derive(Clone)]
pub struct Sealer {
    key: [u8; 32],
}

/// Not sealed by us, or changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seal is broken")]
pub struct BrokenSeal;

/// The key's setting is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seal.key must be 64 hexadecimal digits; `openssl rand -hex 32` makes one")]
pub struct BadKey;

impl Sealer {
    /// Reads the key from its setting.
    ///
    /// # Errors
    /// When it is not 64 hexadecimal digits.
    pub fn from_hex(hex: &str) -> Result<Self, BadKey> {
        let mut key = [0; 32];
        if hex.len() != 64 || !hex.is_ascii() {
            return Err(BadKey);
        }
        for (byte, digits) in key.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| BadKey)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| BadKey)?;
        }
        Ok(Self { key })
    }

    /// Writes a value down so that [`Sealer::open`] reads it back and nobody else can have written it.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn seal<T: Serialize>(&self, purpose: &str, value: &T) -> Result<String, serde_json::Error> {
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(value)?);
        let mac = URL_SAFE_NO_PAD.encode(self.mac(purpose, body.as_bytes()).finalize().into_bytes());
        Ok(format!("{purpose}_{body}.{mac}"))
    }

    /// Reads a sealed value.
    ///
    /// # Errors
    /// When it was not sealed with this key for this purpose.
    pub fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Result<T, BrokenSeal> {
        let (body, mac) = sealed
            .strip_prefix(purpose)
            .and_then(|rest| rest.strip_prefix('_'))
            .and_then(|rest| rest.split_once('.'))
            .ok_or(BrokenSeal)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| BrokenSeal)?;
        self.mac(purpose, body.as_bytes()).verify_slice(&mac).map_err(|_| BrokenSeal)?;
        let json = URL_SAFE_NO_PAD.decode(body).map_err(|_| BrokenSeal)?;
        serde_json::from_slice(&json).map_err(|_| BrokenSeal)
    }

    /// Four decimal digits that follow from `subject` and the key: the same every time, unknown to everybody else.
    #[must_use]
    pub fn pin(&self, purpose: &str, subject: &str) -> String {
        let mac = self.mac(purpose, subject.as_bytes()).finalize().into_bytes();
        let number = u32::from_be_bytes([mac[0], mac[1], mac[2], mac[3]]);
        format!("{:04}", number % 10_000)
    }

    fn mac(&self, purpose: &str, body: &[u8]) -> Hmac<Sha256> {
        // HMAC's own block is 64 bytes; a shorter key stands at its beginning (RFC 2104).
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.key);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(body);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(digit: &str) -> Sealer {
        Sealer::from_hex(&digit.repeat(64)).expect("a key")
    }

    #[test]
    fn what_was_sealed_opens() {
        let sealed = sealer("a").seal("quo", &vec![1, 2]).expect("sealed");
        assert_eq!(sealer("a").open::<Vec<i32>>("quo", &sealed), Ok(vec![1, 2]));
    }

    #[test]
    fn a_changed_foreign_or_repurposed_seal_does_not_open() {
        let sealed = sealer("a").seal("quo", &1).expect("sealed");
        assert_eq!(sealer("b").open::<i32>("quo", &sealed), Err(BrokenSeal));
        assert_eq!(sealer("a").open::<i32>("cur", &sealed.replacen("quo", "cur", 1)), Err(BrokenSeal));
        assert_eq!(sealer("a").open::<i32>("quo", &sealed.replacen("_M", "_N", 1)), Err(BrokenSeal));
        assert_eq!(sealer("a").open::<i32>("quo", "quo_"), Err(BrokenSeal));
    }

    #[test]
    fn a_pin_is_four_digits_and_stays() {
        let pin = sealer("a").pin("pin", "ord_1");
        assert_eq!(pin.len(), 4);
        assert_eq!(pin, sealer("a").pin("pin", "ord_1"));
    }

    #[test]
    fn a_bad_key_is_refused() {
        assert!(Sealer::from_hex("").is_err());
        assert!(Sealer::from_hex(&"g".repeat(64)).is_err());
    }
}
