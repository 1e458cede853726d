//! Every answer can be read by async-stripe, whose types insist on the fields that Stripe always sends.

use stripe::{Client as Stripe, ClientBuilder, PaginationExt as _, StripeError};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionSetupIntentData, ExpireCheckoutSession, ListCheckoutSession,
    RetrieveCheckoutSession,
};
use stripe_checkout::{CheckoutSessionMode, CheckoutSessionStatus};
use stripe_connect::account::{
    CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers, CreateAccountController,
    CreateAccountControllerFees, CreateAccountControllerFeesPayer, CreateAccountControllerLosses,
    CreateAccountControllerLossesPayments, CreateAccountControllerStripeDashboard,
    CreateAccountControllerStripeDashboardType, RetrieveAccount,
};
use stripe_connect::account_link::{CreateAccountLink, CreateAccountLinkType};
use stripe_connect::transfer::{CreateTransfer, ListTransfer, RetrieveTransfer};
use stripe_connect::transfer_reversal::{CreateIdTransferReversal, ListIdTransferReversal, RetrieveTransferReversal};
use stripe_connect::{Account, AccountCapabilitiesStatus};
use stripe_core::balance::RetrieveForMyAccountBalance;
use stripe_core::balance_transaction::{ListBalanceTransaction, RetrieveBalanceTransaction};
use stripe_core::charge::RetrieveCharge;
use stripe_core::customer::{
    CreateCustomer, DeleteCustomer, ListPaymentMethodsCustomer, RetrieveCustomer, UpdateCustomer,
};
use stripe_core::dispute::{CloseDispute, ListDispute, RetrieveDispute};
use stripe_core::event::{ListEvent, RetrieveEvent};
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, CreatePaymentIntent, ListPaymentIntent, RetrievePaymentIntent,
};
use stripe_core::refund::{CreateRefund, ListRefund, RetrieveRefund};
use stripe_core::setup_intent::{CreateSetupIntent, ListSetupIntent, RetrieveSetupIntent};
use stripe_core::{DisputeStatus, PaymentIntent, PaymentIntentCaptureMethod, PaymentIntentStatus, SetupIntentStatus};
use stripe_payment::payment_method::{
    AttachPaymentMethod, DetachPaymentMethod, ListPaymentMethod, RetrievePaymentMethod,
};
use stripe_sandbox::{Options, Running, SECRET_KEY, Sandbox};
use stripe_types::Currency;

async fn start() -> (Running, Stripe) {
    let sandbox = Sandbox::start(Options::default()).await.expect("the sandbox starts");
    let stripe = ClientBuilder::new(SECRET_KEY).url(sandbox.url()).build().expect("a client");
    (sandbox, stripe)
}

/// An order of 1250 for `ord_1`, paid by a new customer with this test card.
fn intent(card: &str) -> CreatePaymentIntent {
    CreatePaymentIntent::new(1250, Currency::USD)
        .capture_method(PaymentIntentCaptureMethod::Manual)
        .payment_method(card)
        .confirm(true)
        .transfer_group("ord_1")
        .metadata([("order_id".to_owned(), "ord_1".to_owned())])
}

async fn open_account(stripe: &Stripe) -> Account {
    let mut capabilities = CreateAccountCapabilities::new();
    capabilities.transfers = Some(CreateAccountCapabilitiesTransfers { requested: Some(true) });
    let mut controller = CreateAccountController::new();
    controller.fees = Some(CreateAccountControllerFees { payer: Some(CreateAccountControllerFeesPayer::Application) });
    controller.losses =
        Some(CreateAccountControllerLosses { payments: Some(CreateAccountControllerLossesPayments::Application) });
    controller.stripe_dashboard = Some(CreateAccountControllerStripeDashboard {
        type_: Some(CreateAccountControllerStripeDashboardType::Express),
    });
    let create = CreateAccount::new().capabilities(capabilities).controller(controller);
    create.send(stripe).await.expect("an account")
}

async fn captured(stripe: &Stripe) -> PaymentIntent {
    let held = intent("pm_card_visa").send(stripe).await.expect("a hold");
    assert_eq!(held.status, PaymentIntentStatus::RequiresCapture);
    CapturePaymentIntent::new(held.id).amount_to_capture(1250).send(stripe).await.expect("a capture")
}

#[tokio::test]
async fn customers_and_their_cards() {
    let (_sandbox, stripe) = start().await;
    let customer = CreateCustomer::new().name("Ada").send(&stripe).await.expect("a customer");
    let read = RetrieveCustomer::new(customer.id.clone()).send(&stripe).await.expect("the customer");
    assert!(format!("{read:?}").contains("Ada"));

    let attach = AttachPaymentMethod::new("pm_card_visa").customer(customer.id.clone());
    let method = attach.send(&stripe).await.expect("a card");
    let read = RetrievePaymentMethod::new(method.id.clone()).send(&stripe).await.expect("the card");
    assert_eq!(read.card.map(|card| card.last4).as_deref(), Some("4242"));

    let list = ListPaymentMethod::new().customer(customer.id.to_string()).send(&stripe).await.expect("the cards");
    assert_eq!(list.data[0].id, method.id);
    let list = ListPaymentMethodsCustomer::new(customer.id).send(&stripe).await.expect("the cards");
    assert_eq!(list.data[0].id, method.id);
}

#[tokio::test]
async fn payment_intents_in_every_state() {
    let (_sandbox, stripe) = start().await;
    let captured = captured(&stripe).await;
    assert_eq!((&captured.status, captured.amount_received), (&PaymentIntentStatus::Succeeded, 1250));

    let open = intent("pm_card_authenticationRequired").send(&stripe).await.expect("a payment intent");
    assert_eq!(open.status, PaymentIntentStatus::RequiresAction);
    assert_eq!(open.next_action.map(|action| action.type_).as_deref(), Some("use_stripe_sdk"));
    let canceled = CancelPaymentIntent::new(open.id).send(&stripe).await.expect("a cancellation");
    assert_eq!(canceled.status, PaymentIntentStatus::Canceled);

    let read = RetrievePaymentIntent::new(captured.id.clone()).send(&stripe).await.expect("the payment intent");
    assert_eq!(read.metadata["order_id"], "ord_1");
    for _ in 0..2 {
        intent("pm_card_visa").send(&stripe).await.expect("a hold");
    }
    let page = ListPaymentIntent::new().limit(3).send(&stripe).await.expect("a page");
    assert!(page.has_more);
    let mut pages = page.into_paginator().stream(&stripe);
    let mut last = None;
    let mut count = 0;
    while let Some(intent) = futures::StreamExt::next(&mut pages).await {
        last = Some(intent.expect("a payment intent").id);
        count += 1;
    }
    assert_eq!((count, last), (4, Some(captured.id)));
}

#[tokio::test]
async fn a_decline_with_all_that_belongs_to_it() {
    let (_sandbox, stripe) = start().await;
    let declined = intent("pm_card_chargeCustomerFail").send(&stripe).await.expect_err("a decline");
    let StripeError::Stripe(error, 402) = declined else { panic!("{declined}") };
    assert_eq!(error.decline_code.as_deref(), Some("generic_decline"));
    let intent = error.payment_intent.expect("the payment intent");
    assert_eq!(intent.status, PaymentIntentStatus::RequiresPaymentMethod);
    assert!(intent.last_payment_error.is_some_and(|error| error.payment_method.is_some()));
}

#[tokio::test]
async fn accounts_and_transfers() {
    let (_sandbox, stripe) = start().await;
    let account = open_account(&stripe).await;
    let read = RetrieveAccount::new(account.id.clone()).send(&stripe).await.expect("the account");
    assert_eq!(read.payouts_enabled, Some(true));
    let transfers = read.capabilities.and_then(|capabilities| capabilities.transfers);
    assert_eq!(transfers, Some(AccountCapabilitiesStatus::Active));

    let charge = captured(&stripe).await.latest_charge.expect("a charge").into_id();
    let create = CreateTransfer::new(Currency::USD, account.id.to_string()).amount(1000).transfer_group("ord_1");
    let transfer = create.source_transaction(charge.to_string()).send(&stripe).await.expect("a transfer");
    let read = RetrieveTransfer::new(transfer.id.clone()).send(&stripe).await.expect("the transfer");
    assert_eq!((read.amount, &read.id), (1000, &transfer.id));
    let list = ListTransfer::new().transfer_group("ord_1").send(&stripe).await.expect("the transfers");
    assert_eq!(list.data[0].id, transfer.id);
}

#[tokio::test]
async fn what_a_charge_costs_is_read_with_the_payment_intent() {
    let (_sandbox, stripe) = start().await;
    let held = intent("pm_card_visa").send(&stripe).await.expect("a hold");
    let capture = CapturePaymentIntent::new(held.id).expand(["latest_charge.balance_transaction".to_owned()]);
    let captured = capture.send(&stripe).await.expect("a capture");
    let charge = captured.latest_charge.and_then(|charge| charge.into_object()).expect("the charge");
    let transaction = charge.balance_transaction.and_then(|it| it.into_object()).expect("its balance transaction");
    assert_eq!((transaction.amount, transaction.fee, transaction.net), (1250, 93, 1157));

    let read = RetrieveBalanceTransaction::new(transaction.id.clone()).send(&stripe).await.expect("the same");
    assert_eq!(read.fee_details[0].amount, 93);
    let list = ListBalanceTransaction::new().source(charge.id.to_string()).send(&stripe).await.expect("a list");
    assert_eq!(list.data[0].id, transaction.id);
    let balance = RetrieveForMyAccountBalance::new().send(&stripe).await.expect("the balance");
    assert_eq!((balance.available[0].amount, balance.pending[0].amount), (0, 1157));
    let read = RetrieveCharge::new(charge.id).send(&stripe).await.expect("the charge");
    let details = read.payment_method_details.and_then(|details| details.card).expect("its card");
    assert_eq!(details.last4.as_deref(), Some("4242"));
}

#[tokio::test]
async fn refunds_reversals_and_disputes() {
    let (_sandbox, stripe) = start().await;
    let paid = captured(&stripe).await;
    let charge = paid.latest_charge.expect("a charge").into_id();
    let create = CreateRefund::new().payment_intent(paid.id.to_string()).amount(250);
    let refund = create.send(&stripe).await.expect("a refund");
    assert_eq!(refund.status.as_deref(), Some("succeeded"));
    let read = RetrieveRefund::new(refund.id.clone()).send(&stripe).await.expect("the refund");
    assert_eq!(read.amount, 250);
    let list = ListRefund::new().charge(charge.to_string()).send(&stripe).await.expect("the refunds");
    assert_eq!(list.data[0].id, refund.id);

    let create = CreateTransfer::new(Currency::USD, "acct_ready_ada").amount(1000);
    let transfer = create.source_transaction(charge.to_string()).send(&stripe).await.expect("a transfer");
    let create = CreateIdTransferReversal::new(transfer.id.clone()).amount(400);
    let reversal = create.send(&stripe).await.expect("a reversal");
    let read = RetrieveTransferReversal::new(reversal.id.to_string(), transfer.id.clone());
    assert_eq!(read.send(&stripe).await.expect("the reversal").amount, 400);
    let list = ListIdTransferReversal::new(transfer.id.clone()).send(&stripe).await.expect("the reversals");
    assert_eq!(list.data[0].id, reversal.id);
    let reversed = RetrieveTransfer::new(transfer.id).send(&stripe).await.expect("the transfer");
    assert_eq!((reversed.amount_reversed, reversed.reversals.data.len()), (400, 1));

    let held = intent("pm_card_createDispute").send(&stripe).await.expect("a hold");
    CapturePaymentIntent::new(held.id.clone()).send(&stripe).await.expect("a capture");
    let list = ListDispute::new().payment_intent(held.id.to_string()).send(&stripe).await.expect("the disputes");
    let dispute = RetrieveDispute::new(list.data[0].id.clone()).send(&stripe).await.expect("the dispute");
    assert_eq!((dispute.status, dispute.balance_transactions[0].amount), (DisputeStatus::NeedsResponse, -1250));
    let closed = CloseDispute::new(dispute.id).send(&stripe).await.expect("the dispute");
    assert_eq!(closed.status, DisputeStatus::Lost);
}

#[tokio::test]
async fn setup_intents_sessions_and_account_links() {
    let (_sandbox, stripe) = start().await;
    let customer = CreateCustomer::new().send(&stripe).await.expect("a customer").id;
    let create = CreateSetupIntent::new().customer(customer.to_string()).payment_method("pm_card_visa").confirm(true);
    let done = create.send(&stripe).await.expect("a setup intent");
    assert_eq!(done.status, SetupIntentStatus::Succeeded);
    let read = RetrieveSetupIntent::new(done.id.clone()).send(&stripe).await.expect("the setup intent");
    let method = read.payment_method.expect("a card").into_id();
    let list = ListSetupIntent::new().customer(customer.to_string()).send(&stripe).await.expect("a list");
    assert_eq!(list.data[0].id, done.id);

    let create = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Setup)
        .currency(Currency::SGD)
        .customer(customer.to_string())
        .success_url("http://campus.test/saved")
        .setup_intent_data(CreateCheckoutSessionSetupIntentData::new());
    let session = create.send(&stripe).await.expect("a session");
    assert_eq!(session.status, Some(CheckoutSessionStatus::Open));
    let read = RetrieveCheckoutSession::new(session.id.clone()).send(&stripe).await.expect("the session");
    assert!(read.url.is_some_and(|url| url.contains("/hosted/checkout/")));
    let list = ListCheckoutSession::new().customer(customer.to_string()).send(&stripe).await.expect("a list");
    assert_eq!(list.data[0].id, session.id);
    let expired = ExpireCheckoutSession::new(session.id).send(&stripe).await.expect("the session");
    assert_eq!(expired.status, Some(CheckoutSessionStatus::Expired));

    let update = UpdateCustomer::new(customer.clone()).name("Ada").send(&stripe).await.expect("the customer");
    assert_eq!(update.name.as_deref(), Some("Ada"));
    let detached = DetachPaymentMethod::new(method).send(&stripe).await.expect("the card");
    assert!(detached.customer.is_none());
    let deleted = DeleteCustomer::new(customer.clone()).send(&stripe).await.expect("the customer");
    assert_eq!(deleted.id, customer);
    let read = RetrieveCustomer::new(customer).send(&stripe).await.expect("the customer");
    assert!(format!("{read:?}").contains("Deleted"));

    let create = CreateAccountLink::new("acct_ready_ada", CreateAccountLinkType::AccountOnboarding)
        .refresh_url("http://campus.test/again")
        .return_url("http://campus.test/back");
    let link = create.send(&stripe).await.expect("a link");
    assert!(link.url.contains("/hosted/onboarding/"));
}

#[tokio::test]
async fn the_cardholder_is_sent_to_a_page() {
    let (_sandbox, stripe) = start().await;
    let ask = intent("pm_card_threeDSecure2Required").return_url("http://campus.test/back");
    let asked = ask.send(&stripe).await.expect("a payment intent");
    let redirect = asked.next_action.and_then(|action| action.redirect_to_url).expect("a page");
    assert!(redirect.url.is_some_and(|url| url.contains("/hosted/3ds/")));
    assert_eq!(redirect.return_url.as_deref(), Some("http://campus.test/back"));
}

#[tokio::test]
async fn events_of_every_kind() {
    let (_sandbox, stripe) = start().await;
    captured(&stripe).await;
    let list = ListEvent::new().send(&stripe).await.expect("the events");
    assert_eq!(list.data.len(), 5);
    for event in &list.data {
        let read = RetrieveEvent::new(event.id.clone()).send(&stripe).await.expect("the event");
        assert!(!format!("{:?}", read.type_).contains("Unknown"), "{:?}", read.type_);
    }
}
