// Does all of CampusG's calls to Stripe with Stripe's own library, against the sandbox at $STRIPE_API_BASE.
//
// Nothing in the library is replaced: only its base address is the sandbox's. Ends with 0 if every answer was right.
// The library comes from $CAMPUSG_STRIPE_NODE, the node_modules that `cargo xtask test` has filled.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

// By its address: an import would look for the library beside this file only.
const Stripe = createRequire(join(process.env.CAMPUSG_STRIPE_NODE, "from-here.js"))("stripe");

const BASE = new URL(process.env.STRIPE_API_BASE);
const BACK = "http://campus.test/back";

function clientWith(key) {
  return new Stripe(key, { protocol: "http", host: BASE.hostname, port: BASE.port, maxNetworkRetries: 0 });
}

const stripe = clientWith(process.env.STRIPE_SECRET_KEY);

// Sends the form of a hosted page; returns where the browser is sent.
async function submit(url, form) {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
  assert.equal(answer.status, 303, await answer.text());
  return answer.headers.get("location");
}

// A webhook endpoint of our own.
async function startHook() {
  const received = [];
  let arrived = () => {};
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    received.push({ body, signature: request.headers["stripe-signature"] });
    response.end();
    arrived();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  async function next() {
    if (received.length === 0) await new Promise((resolve) => (arrived = resolve));
    return received.shift();
  }
  return { url: `http://127.0.0.1:${server.address().port}/`, next, close: () => server.close() };
}

async function savesACard() {
  const customer = await stripe.customers.create({ name: "Ada", metadata: { user_id: "usr_1" } });
  const session = await stripe.checkout.sessions.create({
    mode: "setup",
    currency: "sgd",
    customer: customer.id,
    payment_method_types: ["card"],
    success_url: `${BACK}?session={CHECKOUT_SESSION_ID}`,
    cancel_url: BACK,
    client_reference_id: "usr_1",
    setup_intent_data: { metadata: { user_id: "usr_1" } },
  });
  assert.equal(session.status, "open");
  assert.equal(await submit(session.url, { card: "4242 4242 4242 4242" }), `${BACK}?session=${session.id}`);
  const done = await stripe.checkout.sessions.retrieve(session.id);
  assert.equal(done.status, "complete");
  const intent = await stripe.setupIntents.retrieve(done.setup_intent);
  assert.deepEqual([intent.status, intent.metadata.user_id], ["succeeded", "usr_1"]);
  const cards = (await stripe.customers.listPaymentMethods(customer.id)).data;
  assert.deepEqual(cards.map((card) => [card.id, card.card.last4]), [[intent.payment_method, "4242"]]);
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: cards[0].id } });
  const other = await stripe.paymentMethods.attach("pm_card_mastercard", { customer: customer.id });
  assert.equal((await stripe.paymentMethods.detach(other.id)).customer, null);
  return [customer.id, cards[0].id];
}

function hold(customer, card, also, key) {
  const form = {
    amount: 1250,
    currency: "sgd",
    customer,
    payment_method: card,
    payment_method_types: ["card"],
    capture_method: "manual",
    confirm: true,
    transfer_group: "ord_1",
    metadata: { order_id: "ord_1" },
    ...also,
  };
  return stripe.paymentIntents.create(form, key ? { idempotencyKey: key } : {});
}

async function takesAndGivesBack(customer, card) {
  const held = await hold(customer, card, { off_session: true });
  assert.deepEqual([held.status, held.amount_capturable], ["requires_capture", 1250]);
  const captured = await stripe.paymentIntents.capture(held.id, { expand: ["latest_charge.balance_transaction"] });
  const charge = captured.latest_charge;
  assert.deepEqual([charge.balance_transaction.fee, charge.balance_transaction.net], [93, 1157]);

  const account = await stripe.accounts.create({
    capabilities: { transfers: { requested: true } },
    controller: {
      fees: { payer: "application" },
      losses: { payments: "application" },
      stripe_dashboard: { type: "express" },
    },
  });
  assert.equal(account.capabilities.transfers, "inactive");
  const payout = {
    amount: 1000,
    currency: "sgd",
    destination: account.id,
    source_transaction: charge.id,
    transfer_group: "ord_1",
  };
  await assert.rejects(stripe.transfers.create(payout), { code: "insufficient_capabilities_for_transfer" });
  const link = await stripe.accountLinks.create({
    account: account.id,
    type: "account_onboarding",
    refresh_url: `${BACK}?again`,
    return_url: BACK,
  });
  assert.equal(await submit(link.url, { outcome: "finish" }), BACK);
  assert.equal((await stripe.accounts.retrieve(account.id)).payouts_enabled, true);
  const transfer = await stripe.transfers.create(payout);
  const reversal = await stripe.transfers.createReversal(transfer.id, { amount: 400 });
  assert.deepEqual([reversal.amount, (await stripe.transfers.retrieve(transfer.id)).amount_reversed], [400, 400]);

  const refund = await stripe.refunds.create({
    payment_intent: captured.id,
    amount: 250,
    metadata: { order_id: "ord_1" },
  });
  assert.equal(refund.status, "succeeded");
  assert.equal((await stripe.charges.retrieve(charge.id)).amount_refunded, 250);
  const types = new Set((await stripe.balanceTransactions.list()).data.map((it) => it.type));
  assert.deepEqual(types, new Set(["charge", "transfer", "transfer_refund", "refund"]));
  const released = await stripe.paymentIntents.cancel((await hold(customer, card, { off_session: true })).id);
  assert.equal(released.status, "canceled");
}

async function asksTheCardholder(customer) {
  const card = (await stripe.paymentMethods.attach("pm_card_authenticationRequired", { customer })).id;
  const away = { type: "StripeCardError", code: "authentication_required", statusCode: 402 };
  await assert.rejects(hold(customer, card, { off_session: true }), away);
  const asked = await hold(customer, card, { return_url: BACK });
  assert.equal(asked.status, "requires_action");
  const back = await submit(asked.next_action.redirect_to_url.url, { outcome: "fail" });
  assert.match(back, /redirect_status=failed$/);
  const failed = await stripe.paymentIntents.retrieve(asked.id);
  assert.equal(failed.last_payment_error.code, "payment_intent_authentication_failure");
  const again = await stripe.paymentIntents.confirm(asked.id, { payment_method: card, return_url: BACK });
  const done = await submit(again.next_action.redirect_to_url.url, { outcome: "complete" });
  assert.match(done, /redirect_status=succeeded$/);
  assert.equal((await stripe.paymentIntents.retrieve(asked.id)).status, "requires_capture");
}

async function errorsHaveTheirClasses(customer, card) {
  const declined = (await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer })).id;
  await assert.rejects(hold(customer, declined, { off_session: true }), (error) => {
    assert.ok(error instanceof Stripe.errors.StripeCardError);
    assert.deepEqual([error.code, error.decline_code], ["card_declined", "generic_decline"]);
    assert.equal(error.payment_intent.status, "requires_payment_method");
    return true;
  });
  const first = await hold(customer, card, { off_session: true }, "ord_2:hold");
  assert.equal((await hold(customer, card, { off_session: true }, "ord_2:hold")).id, first.id);
  const other = hold(customer, card, { off_session: true, amount: 51 }, "ord_2:hold");
  await assert.rejects(other, Stripe.errors.StripeIdempotencyError);
  await assert.rejects(stripe.paymentIntents.retrieve("pi_none"), Stripe.errors.StripeInvalidRequestError);
  const stranger = clientWith("sk_test_another").customers.retrieve(customer);
  await assert.rejects(stranger, Stripe.errors.StripeAuthenticationError);
}

async function pagesFollowEachOther() {
  const made = [];
  for (let number = 0; number < 7; number += 1) {
    made.unshift((await stripe.customers.create({ name: `page ${number}` })).id);
  }
  const found = [];
  for await (const customer of stripe.customers.list({ limit: 3 })) found.push(customer.id);
  assert.deepEqual(found.slice(0, 7), made);
}

async function eventsAreToldAndSigned(hook, secret) {
  const made = await stripe.customers.create({ name: "Told" });
  for (;;) {
    const { body, signature } = await hook.next();
    const event = stripe.webhooks.constructEvent(body, signature, secret);
    assert.equal(event.type, "customer.created");
    if (event.data.object.id !== made.id) continue;
    const forged = () => stripe.webhooks.constructEvent(body, signature, "whsec_another");
    assert.throws(forged, Stripe.errors.StripeSignatureVerificationError);
    assert.equal((await stripe.events.retrieve(event.id)).type, "customer.created");
    break;
  }
  assert.equal((await stripe.customers.del(made.id)).deleted, true);
}

const hook = await startHook();
const endpoint = await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ["customer.created"] });
const [customer, card] = await savesACard();
await takesAndGivesBack(customer, card);
await asksTheCardholder(customer);
await errorsHaveTheirClasses(customer, card);
await pagesFollowEachOther();
await eventsAreToldAndSigned(hook, endpoint.secret);
hook.close();
console.log(`stripe-node ${Stripe.PACKAGE_VERSION}: every call was answered as expected`);
