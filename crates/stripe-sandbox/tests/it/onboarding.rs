//! The owner of an account tells who they are, on a page of the sandbox.

use serde_json::json;
use stripe_sandbox::Options;

use crate::client::Client;

const REFRESH: &str = "http://campus.test/again";
const BACK: &str = "http://campus.test/back";

async fn strict() -> Client {
    Client::with(Options { instant_onboarding: false, ..Options::default() }).await
}

async fn link(client: &Client, account: &str) -> String {
    let form = [("account", account), ("refresh_url", REFRESH), ("return_url", BACK), ("type", "account_onboarding")];
    let link = client.post("/v1/account_links", &form).await.body;
    assert_eq!(link["object"], "account_link", "{link}");
    link["url"].as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_new_account_is_paid_only_after_onboarding() {
    let client = strict().await;
    let account = client.account(&[]).await;
    let path = format!("/v1/accounts/{account}");
    let new = client.get(&path).await.body;
    assert_eq!((&new["payouts_enabled"], &new["details_submitted"]), (&json!(false), &json!(false)));
    assert_eq!(new["capabilities"]["transfers"], "inactive");
    assert_ne!(new["requirements"]["currently_due"], json!([]));

    let url = link(&client, &account).await;
    let page = client.open(&url).await;
    assert!(page.html.contains(&account) && page.html.contains("value=\"finish\""), "{}", page.html);
    client.submit(&url, &[("outcome", "finish")]).await.assert_leads_to(BACK);
    let ready = client.get(&path).await.body;
    assert_eq!((&ready["payouts_enabled"], &ready["details_submitted"]), (&json!(true), &json!(true)));
    assert_eq!(ready["capabilities"]["transfers"], "active");
    assert_eq!(ready["requirements"]["currently_due"], json!([]));
    assert_eq!(client.event_types().await, ["account.updated"]);
}

#[tokio::test]
async fn who_leaves_early_is_still_pending_and_may_come_back_with_a_new_link() {
    let client = strict().await;
    let account = client.account(&[]).await;
    let url = link(&client, &account).await;
    client.submit(&url, &[("outcome", "leave")]).await.assert_leads_to(BACK);
    client.submit(&url, &[("outcome", "finish")]).await.assert_leads_to(REFRESH);
    assert_eq!(client.get(&format!("/v1/accounts/{account}")).await.body["payouts_enabled"], false);
    let url = link(&client, &account).await;
    client.submit(&url, &[("outcome", "finish")]).await.assert_leads_to(BACK);
}

#[tokio::test]
async fn a_link_opens_once_and_for_five_minutes() {
    let client = strict().await;
    let account = client.account(&[]).await;
    let url = link(&client, &account).await;
    assert_eq!(client.open(&url).await.status, 200);
    client.open(&url).await.assert_leads_to(REFRESH);
    let url = link(&client, &account).await;
    client.advance_clock(301).await;
    client.open(&url).await.assert_leads_to(REFRESH);
    client.submit(&url, &[("outcome", "finish")]).await.assert_leads_to(REFRESH);
}

#[tokio::test]
async fn a_link_needs_an_account_and_addresses() {
    let client = strict().await;
    let form = [("account", "acct_none"), ("refresh_url", REFRESH), ("return_url", BACK)];
    client.post("/v1/account_links", &form).await.assert_refused(400, "resource_missing");
    let form = [("account", "acct_ready_a"), ("type", "account_onboarding"), ("return_url", BACK)];
    client.post("/v1/account_links", &form).await.assert_refused(400, "parameter_missing");
}
