//! Reads Stripe's form encoding: flat `a=1`, nested `metadata[order]=1`, lists `types[0]=card` or `types[]=card`.

use std::collections::BTreeMap;

use crate::error::Error;

/// A request's parameters, by their full names.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn read(encoded: &[u8]) -> Self {
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(encoded).unwrap_or_default();
        // Clients send maps in any order; sorted, equal parameters are equal text.
        pairs.sort();
        Self(pairs)
    }

    pub(crate) fn fingerprint(&self) -> String {
        serde_urlencoded::to_string(&self.0).unwrap_or_default()
    }

    /// The same parameters and one more, which the path named.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.push((name.to_owned(), value.to_owned()));
        Self(pairs)
    }

    /// Refuses parameters outside `known` (the part before any bracket counts), as Stripe does.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Error> {
        for (name, _) in &self.0 {
            let root = name.split('[').next().unwrap_or(name);
            if !known.contains(&root) {
                let message = format!("Received unknown parameter: {name}");
                return Err(Error::invalid(message).code("parameter_unknown").param(name));
            }
        }
        Ok(())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, Error> {
        match self.text(name) {
            Some("") => {
                let message = format!("You passed an empty string for '{name}'.");
                Err(Error::invalid(message).code("parameter_invalid_empty").param(name))
            }
            Some(value) => Ok(value),
            None => Err(Error::missing(name)),
        }
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(value) = self.text(name) else { return Ok(None) };
        match value.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => {
                let message = format!("Invalid integer: {value}");
                Err(Error::invalid(message).code("parameter_invalid_integer").param(name))
            }
        }
    }

    /// A switch; absent is off.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(value) => Err(Error::invalid(format!("Invalid boolean: {value}")).param(name)),
        }
    }

    /// The entries of a list: `name[]=a&name[]=b` or `name[0]=a&name[1]=b`.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let is_entry = |key: &str| {
            let index = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'));
            index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
        };
        self.0.iter().filter(|(key, _)| is_entry(key)).map(|(_, value)| value.as_str()).collect()
    }

    /// The parameters without `expand[]`, and what `expand[]` names.
    pub(crate) fn split_expand(&self) -> (Self, Vec<String>) {
        let expand = self.list("expand").into_iter().map(str::to_owned).collect();
        let rest = self.0.iter().filter(|(key, _)| key.split('[').next() != Some("expand")).cloned().collect();
        (Self(rest), expand)
    }

    /// One of a fixed set of words.
    pub(crate) fn choice(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Error> {
        let Some(value) = self.text(name) else { return Ok(None) };
        if words.contains(&value) {
            return Ok(Some(value));
        }
        let message = format!("Invalid {name}: must be one of {}", words.join(", "));
        Err(Error::invalid(message).param(name))
    }

    /// The entries of `name[…]=value`.
    pub(crate) fn map(&self, name: &str) -> BTreeMap<String, String> {
        let inner = |key: &str| Some(key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
        self.0.iter().filter_map(|(key, value)| Some((inner(key)?, value.clone()))).collect()
    }

    /// `metadata[…]`, within Stripe's limits: 50 keys of 40 characters, values of 500.
    pub(crate) fn metadata(&self) -> Result<BTreeMap<String, String>, Error> {
        self.map_metadata("metadata")
    }

    /// Metadata under another name: `setup_intent_data[metadata][…]`.
    pub(crate) fn map_metadata(&self, name: &str) -> Result<BTreeMap<String, String>, Error> {
        let metadata = self.map(name);
        let too_long = metadata.iter().any(|(key, value)| key.chars().count() > 40 || value.chars().count() > 500);
        if metadata.len() > 50 || too_long {
            return Err(Error::invalid("Metadata takes 50 keys of 40 characters, with values of 500.").param(name));
        }
        Ok(metadata)
    }

    /// Writes `metadata[…]` over what is there; an empty value deletes its key, an empty `metadata` all of them.
    pub(crate) fn update_metadata(&self, metadata: &mut BTreeMap<String, String>) -> Result<(), Error> {
        if self.text("metadata") == Some("") {
            metadata.clear();
        }
        metadata.extend(self.metadata()?);
        metadata.retain(|_, value| !value.is_empty());
        Ok(())
    }

    /// An absolute http or https address that a browser is sent to.
    pub(crate) fn url(&self, name: &str) -> Result<Option<&str>, Error> {
        let Some(value) = self.text(name) else { return Ok(None) };
        if ["http://", "https://"].iter().any(|scheme| value.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
        {
            return Ok(Some(value));
        }
        Err(Error::invalid("Not a valid URL").code("url_invalid").param(name))
    }

    /// An address that must be there.
    pub(crate) fn required_url(&self, name: &str) -> Result<&str, Error> {
        self.url(name)?.ok_or_else(|| Error::missing(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn nested_and_escaped_names_are_read_alike() {
        let escaped = Form::read(b"metadata%5Border_id%5D=ord_1&amount=5");
        let plain = Form::read(b"amount=5&metadata[order_id]=ord_1");
        assert_eq!(escaped.map("metadata")["order_id"], "ord_1");
        assert_eq!(escaped.fingerprint(), plain.fingerprint());
    }

    #[test]
    fn lists_are_read_in_both_spellings() {
        assert_eq!(Form::read(b"types[]=card&types[]=link").list("types"), ["card", "link"]);
        assert_eq!(Form::read(b"types%5B0%5D=card&typesets[0]=x").list("types"), ["card"]);
    }

    #[test]
    fn what_to_expand_is_no_parameter_of_the_call_itself() {
        let (form, expand) = Form::read(b"amount=5&expand[0]=latest_charge").split_expand();
        assert!(form.only(&["amount"]).is_ok());
        assert_eq!(expand, ["latest_charge"]);
    }

    #[test]
    fn a_deeper_name_is_reached_by_its_full_name() {
        let form = Form::read(b"controller[fees][payer]=application");
        assert_eq!(form.text("controller[fees][payer]"), Some("application"));
        assert!(form.only(&["controller"]).is_ok());
        assert!(form.only(&["amount"]).is_err());
    }
}
