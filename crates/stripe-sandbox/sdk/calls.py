"""Does all of CampusG's calls to Stripe with Stripe's own library, against the sandbox at $STRIPE_API_BASE.

Nothing in the library is replaced: only its base address is the sandbox's. Ends with 0 if every answer was right.
"""

import os
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import stripe

BASE = os.environ["STRIPE_API_BASE"]
KEY = os.environ["STRIPE_SECRET_KEY"]
BACK = "http://campus.test/back"

client = stripe.StripeClient(KEY, base_addresses={"api": BASE}, max_network_retries=0)
api = client.v1


class StayHere(urllib.request.HTTPRedirectHandler):
    """The test is no browser: it looks where it is sent, and does not go there."""

    def redirect_request(self, *_):
        return None


def submit(url, **form):
    """Sends the form of a hosted page; returns where the browser is sent."""
    body = urllib.parse.urlencode(form).encode()
    try:
        urllib.request.build_opener(StayHere).open(url, body)
    except urllib.error.HTTPError as answer:
        assert answer.code == 303, (answer.code, answer.read())
        return answer.headers["Location"]
    raise AssertionError(f"{url} sent the browser nowhere")


def refused(call, kind):
    """The error that a call must end with."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"not refused with {kind.__name__}")


class Hook:
    """A webhook endpoint of our own."""

    def __init__(self):
        received = self.received = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.put((body, self.headers["Stripe-Signature"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, kind, secret):
        while True:
            body, signature = self.received.get(timeout=20)
            event = client.construct_event(body, signature, secret)
            if event.type == kind:
                return event, body, signature


def saves_a_card():
    customer = api.customers.create({"name": "Ada", "metadata": {"user_id": "usr_1"}})
    session = api.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "sgd",
            "customer": customer.id,
            "payment_method_types": ["card"],
            "success_url": BACK + "?session={CHECKOUT_SESSION_ID}",
            "cancel_url": BACK,
            "client_reference_id": "usr_1",
            "setup_intent_data": {"metadata": {"user_id": "usr_1"}},
        }
    )
    assert session.status == "open"
    assert submit(session.url, card="4242 4242 4242 4242") == f"{BACK}?session={session.id}"
    done = api.checkout.sessions.retrieve(session.id)
    assert done.status == "complete"
    intent = api.setup_intents.retrieve(done.setup_intent)
    assert (intent.status, intent.metadata["user_id"]) == ("succeeded", "usr_1")
    cards = api.customers.payment_methods.list(customer.id).data
    assert [(card.id, card.card.last4) for card in cards] == [(intent.payment_method, "4242")]
    api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": cards[0].id}})
    other = api.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    assert api.payment_methods.detach(other.id).customer is None
    return customer.id, cards[0].id


def hold(customer, card, key=None, **also):
    form = {
        "amount": 1250,
        "currency": "sgd",
        "customer": customer,
        "payment_method": card,
        "payment_method_types": ["card"],
        "capture_method": "manual",
        "confirm": True,
        "transfer_group": "ord_1",
        "metadata": {"order_id": "ord_1"},
        **also,
    }
    return api.payment_intents.create(form, {"idempotency_key": key} if key else None)


def takes_and_gives_back(customer, card):
    held = hold(customer, card, off_session=True)
    assert (held.status, held.amount_capturable) == ("requires_capture", 1250)
    captured = api.payment_intents.capture(held.id, {"expand": ["latest_charge.balance_transaction"]})
    charge = captured.latest_charge
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (93, 1157)

    account = api.accounts.create(
        {
            "capabilities": {"transfers": {"requested": True}},
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "stripe_dashboard": {"type": "express"},
            },
        }
    )
    assert account.capabilities["transfers"] == "inactive"
    payout = {
        "amount": 1000,
        "currency": "sgd",
        "destination": account.id,
        "source_transaction": charge.id,
        "transfer_group": "ord_1",
    }
    refusal = refused(lambda: api.transfers.create(payout), stripe.InvalidRequestError)
    assert refusal.code == "insufficient_capabilities_for_transfer"
    link = api.account_links.create(
        {"account": account.id, "type": "account_onboarding", "refresh_url": BACK + "?again", "return_url": BACK}
    )
    assert submit(link.url, outcome="finish") == BACK
    assert api.accounts.retrieve(account.id).payouts_enabled
    transfer = api.transfers.create(payout)
    reversal = api.transfers.reversals.create(transfer.id, {"amount": 400})
    assert (reversal.amount, api.transfers.retrieve(transfer.id).amount_reversed) == (400, 400)

    refund = api.refunds.create({"payment_intent": captured.id, "amount": 250, "metadata": {"order_id": "ord_1"}})
    assert refund.status == "succeeded"
    assert api.charges.retrieve(charge.id).amount_refunded == 250
    types = {it.type for it in api.balance_transactions.list().data}
    assert types == {"charge", "transfer", "transfer_refund", "refund"}
    released = api.payment_intents.cancel(hold(customer, card, off_session=True).id)
    assert released.status == "canceled"


def asks_the_cardholder(customer):
    card = api.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    away = refused(lambda: hold(customer, card, off_session=True), stripe.CardError)
    assert (away.code, away.http_status) == ("authentication_required", 402)
    asked = hold(customer, card, return_url=BACK)
    assert asked.status == "requires_action"
    back = submit(asked.next_action.redirect_to_url.url, outcome="fail")
    assert back.endswith("redirect_status=failed")
    failed = api.payment_intents.retrieve(asked.id)
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    again = api.payment_intents.confirm(asked.id, {"payment_method": card, "return_url": BACK})
    assert submit(again.next_action.redirect_to_url.url, outcome="complete").endswith("redirect_status=succeeded")
    assert api.payment_intents.retrieve(asked.id).status == "requires_capture"


def errors_have_their_classes(customer, card):
    declined = api.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer}).id
    error = refused(lambda: hold(customer, declined, off_session=True), stripe.CardError)
    assert (error.code, error.error.decline_code) == ("card_declined", "generic_decline")
    assert error.error.payment_intent.status == "requires_payment_method"

    first = hold(customer, card, "ord_2:hold", off_session=True)
    assert hold(customer, card, "ord_2:hold", off_session=True).id == first.id
    refused(lambda: hold(customer, card, "ord_2:hold", off_session=True, amount=1), stripe.IdempotencyError)
    refused(lambda: api.payment_intents.retrieve("pi_none"), stripe.InvalidRequestError)
    other = stripe.StripeClient("sk_test_another", base_addresses={"api": BASE})
    refused(lambda: other.v1.customers.retrieve(customer), stripe.AuthenticationError)


def pages_follow_each_other():
    made = [api.customers.create({"name": f"page {number}"}).id for number in range(7)]
    found = [customer.id for customer in api.customers.list({"limit": 3}).auto_paging_iter()]
    assert found[:7] == made[::-1]


def events_are_told_and_signed(hook, secret):
    made = api.customers.create({"name": "Told"})
    event, body, signature = hook.wait_for("customer.created", secret)
    while event.data.object.id != made.id:
        event, body, signature = hook.wait_for("customer.created", secret)
    refused(lambda: client.construct_event(body, signature, "whsec_another"), stripe.SignatureVerificationError)
    assert api.events.retrieve(event.id).type == "customer.created"
    assert api.customers.delete(made.id).deleted


def main():
    hook = Hook()
    endpoint = api.webhook_endpoints.create({"url": hook.url, "enabled_events": ["customer.created"]})
    customer, card = saves_a_card()
    takes_and_gives_back(customer, card)
    asks_the_cardholder(customer)
    errors_have_their_classes(customer, card)
    pages_follow_each_other()
    events_are_told_and_signed(hook, endpoint.secret)
    print(f"stripe-python {stripe.VERSION}: every call was answered as expected")


if __name__ == "__main__":
    main()
