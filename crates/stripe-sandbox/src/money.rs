//! Amounts are integers in a currency's minor unit; currencies are the ones Stripe knows.

use crate::error::Error;
use crate::form::Form;

/// Stripe takes at most eight digits.
const LARGEST: i64 = 99_999_999;
/// Stripe's smallest charge is 0.50 in most currencies; the sandbox has one figure for all of them.
/// See <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
const SMALLEST_CHARGE: i64 = 50;

const CURRENCIES: &str = "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bif bmd bnd bob brl bsd bwp byn bzd cad \
    cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils \
    inr isk jmd jpy kes kgs khr kmf krw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad \
    ngn nio nok npr nzd pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sos srd std szl thb tjs top \
    try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw";

/// Reads `currency`, in lower case as Stripe writes it back.
pub(crate) fn currency(form: &Form) -> Result<String, Error> {
    let given = form.required("currency")?;
    let currency = given.to_ascii_lowercase();
    if CURRENCIES.split(' ').any(|known| known == currency) {
        return Ok(currency);
    }
    Err(Error::invalid(format!("Invalid currency: {given}.")).param("currency"))
}

/// Reads a positive amount that must be there.
pub(crate) fn amount(form: &Form, name: &str) -> Result<i64, Error> {
    optional_amount(form, name)?.ok_or_else(|| Error::missing(name))
}

/// Reads the amount of a charge, which also has a smallest value.
pub(crate) fn charge_amount(form: &Form) -> Result<i64, Error> {
    let amount = amount(form, "amount")?;
    if amount < SMALLEST_CHARGE {
        let message = format!("Amount must be at least {SMALLEST_CHARGE} minor units.");
        return Err(Error::invalid(message).code("amount_too_small").param("amount"));
    }
    Ok(amount)
}

/// Reads a positive amount that may be left out.
pub(crate) fn optional_amount(form: &Form, name: &str) -> Result<Option<i64>, Error> {
    let amount = form.integer(name)?;
    match amount {
        Some(..=0) => {
            let message = "This value must be greater than or equal to 1.";
            Err(Error::invalid(message).code("parameter_invalid_integer").param(name))
        }
        Some(amount) if amount > LARGEST => {
            let message = format!("Amount must be no more than {LARGEST} minor units.");
            Err(Error::invalid(message).code("amount_too_large").param(name))
        }
        Some(_) | None => Ok(amount),
    }
}
