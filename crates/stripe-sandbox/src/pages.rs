//! The HTML of the hosted pages: plain forms that work without scripts, for people and for test programs.

use crate::cards::TEST_CARDS;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;background:#f6f7f9;color:#1a1f36;margin:0}\
main{max-width:28rem;margin:3rem auto;padding:2rem;background:#fff;border:1px solid #d5dbe3;border-radius:.5rem}\
h1{font-size:1.25rem;margin-top:0}label{display:block;margin:.25rem 0}.error{color:#b3093c}\
input[type=text]{font:inherit;width:100%;box-sizing:border-box;padding:.5rem}\
button{font:inherit;padding:.6rem 1rem;margin:.5rem .5rem 0 0;border:1px solid #5851df;border-radius:.3rem;\
background:#5851df;color:#fff;cursor:pointer}button.quiet{background:#fff;color:#413a99}\
.test{font-size:.85rem;color:#59627a}";

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}\
         <p class=\"test\">This is the Stripe sandbox. No real card, bank or money is involved.</p></main></body></html>"
    )
}

/// The bank asks its cardholder. `amount` is what is paid, if anything is.
pub(crate) fn authentication(amount: Option<&str>) -> String {
    let what = amount.map_or("Your bank wants to know that it is you who saves this card.".to_owned(), |amount| {
        format!("Your bank wants to know that it is you who pays <strong>{}</strong>.", escape(amount))
    });
    page(
        "3D Secure authentication",
        &format!(
            "<p>{what}</p><form method=\"post\">\
             <button name=\"outcome\" value=\"complete\">Complete authentication</button>\
             <button name=\"outcome\" value=\"fail\" class=\"quiet\">Fail authentication</button></form>"
        ),
    )
}

/// A card is chosen, by its number or from the list.
pub(crate) fn checkout(error: Option<&str>) -> String {
    let error =
        error.map(|message| format!("<p class=\"error\" role=\"alert\">{}</p>", escape(message))).unwrap_or_default();
    let choices: String = TEST_CARDS
        .iter()
        .map(|card| {
            format!(
                "<label><input type=\"radio\" name=\"choice\" value=\"{}\"> {} (••••&nbsp;{})</label>",
                card.number,
                card.name,
                card.last4(),
            )
        })
        .collect();
    page(
        "Save a card",
        &format!(
            "{error}<form method=\"post\"><label for=\"card\">Card number</label>\
             <input type=\"text\" id=\"card\" name=\"card\" inputmode=\"numeric\" autocomplete=\"cc-number\" \
             placeholder=\"4242 4242 4242 4242\"><fieldset><legend>or a test card</legend>{choices}</fieldset>\
             <button name=\"outcome\" value=\"save\">Save card</button>\
             <button name=\"outcome\" value=\"back\" class=\"quiet\">Back</button></form>"
        ),
    )
}

/// The owner of an account tells who they are, or not.
pub(crate) fn onboarding(account: &str) -> String {
    page(
        "Get paid",
        &format!(
            "<p>Account <strong>{}</strong> has to be set up before it can be paid.</p><form method=\"post\">\
             <button name=\"outcome\" value=\"finish\">Finish</button>\
             <button name=\"outcome\" value=\"leave\" class=\"quiet\">Leave without finishing</button></form>",
            escape(account),
        ),
    )
}

/// There is nothing here, or nothing any more.
pub(crate) fn nothing(why: &str) -> String {
    page("Nothing to do here", &format!("<p>{}</p>", escape(why)))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_others_wrote_stays_text() {
        assert!(super::nothing("<script>").contains("&lt;script&gt;"));
    }
}
