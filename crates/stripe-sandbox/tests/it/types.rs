//! Every answer can be read by async-stripe, whose types insist on the fields that Stripe always sends.

use stripe::{Client as Stripe, ClientBuilder, PaginationExt as _, StripeError};
use stripe_connect::account::{
    CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers, CreateAccountController,
    CreateAccountControllerFees, CreateAccountControllerFeesPayer, CreateAccountControllerLosses,
    CreateAccountControllerLossesPayments, CreateAccountControllerStripeDashboard,
    CreateAccountControllerStripeDashboardType, RetrieveAccount,
};
use stripe_connect::transfer::{CreateTransfer, ListTransfer, RetrieveTransfer};
use stripe_connect::{Account, AccountCapabilitiesStatus};
use stripe_core::customer::{CreateCustomer, ListPaymentMethodsCustomer, RetrieveCustomer};
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, CreatePaymentIntent, ListPaymentIntent, RetrievePaymentIntent,
};
use stripe_core::{PaymentIntent, PaymentIntentCaptureMethod, PaymentIntentStatus};
use stripe_payment::payment_method::{AttachPaymentMethod, ListPaymentMethod, RetrievePaymentMethod};
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
