"""Stripe's own Python client drives our Stripe fake, and signs for our verifier."""

import json
import time
import unittest
import urllib.error
import urllib.request

import stripe
from receiver import Receiver
from simulator import Program

SECRET = "whsec_peer_secret"


def setUpModule():
    global fake, api, key, client
    fake = Program("stripe_fake", "0")
    unittest.addModuleCleanup(fake.__exit__)
    api, key = fake.says["api"], fake.says["key"]
    client = client_of(key)


def client_of(key, retries=0):
    return stripe.StripeClient(key, base_addresses={"api": api}, max_network_retries=retries)


def control(path, body=b""):
    request = urllib.request.Request(f"{api}/control/{path}", data=body, method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def price(**more):
    params = {"currency": "usd", "unit_amount": 1999, "product_data": {"name": "500 credits"}}
    return client.v1.prices.create({**params, **more})


def session(**more):
    customer = client.v1.customers.create({"email": "ada@example.com"})
    params = {
        "mode": "payment",
        "customer": customer.id,
        "client_reference_id": "order-1",
        "line_items": [{"price": price().id, "quantity": 2}],
        "success_url": "http://127.0.0.1/ok?id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1/no",
        "metadata": {"order": "order-1"},
        "payment_intent_data": {"metadata": {"order": "order-1"}},
    }
    return client.v1.checkout.sessions.create({**params, **more})


def paid():
    opened = session()
    control(f"sessions/{opened.id}/pay")
    return client.v1.checkout.sessions.retrieve(opened.id, {"expand": ["payment_intent", "line_items"]})


class Objects(unittest.TestCase):
    def test_a_customer_lives_and_dies(self):
        made = client.v1.customers.create(
            {"email": "ada@example.com", "metadata": {"account": "a", "gone": "b"}}
        )
        self.assertEqual("ada@example.com", made.email)
        changed = client.v1.customers.update(made.id, {"name": "Ada & Co. (é)", "metadata": {"gone": ""}})
        self.assertEqual(("Ada & Co. (é)", {"account": "a"}), (changed.name, changed.metadata.to_dict()))
        self.assertTrue(client.v1.customers.delete(made.id).deleted)
        self.assertTrue(client.v1.customers.retrieve(made.id).deleted)

    def test_a_list_is_walked_page_by_page(self):
        made = [client.v1.customers.create({"email": f"{n}@pages.example"}).id for n in range(7)]
        page = client.v1.customers.list({"limit": 3})
        self.assertTrue(page.has_more)
        walked = [customer.id for customer in page.auto_paging_iter()]
        self.assertEqual(made[::-1], walked[:7])
        found = client.v1.customers.list({"email": "3@pages.example"}).data
        self.assertEqual([made[3]], [customer.id for customer in found])

    def test_prices_are_found_by_lookup_key(self):
        old = price(lookup_key="pack_peer", metadata={"credits": "500"})
        with self.assertRaises(stripe.InvalidRequestError):
            price(lookup_key="pack_peer")
        new = price(lookup_key="pack_peer", transfer_lookup_key=True, unit_amount=2499)
        found = client.v1.prices.list({"lookup_keys": ["pack_peer"], "expand": ["data.product"]}).data
        self.assertEqual([new.id], [price.id for price in found])
        self.assertEqual((2499, "500 credits"), (found[0].unit_amount, found[0].product.name))
        self.assertIsNone(client.v1.prices.retrieve(old.id).lookup_key)

    def test_the_account_and_the_portal(self):
        self.assertEqual("usd", client.v1.accounts.retrieve_current().default_currency)
        customer = client.v1.customers.create({"email": "ada@example.com"})
        opened = client.v1.billing_portal.sessions.create(
            {"customer": customer.id, "return_url": "http://127.0.0.1/billing"}
        )
        self.assertTrue(opened.url.startswith("http"))


class Checkout(unittest.TestCase):
    def test_a_purchase_is_opened_paid_and_given_back(self):
        opened = session()
        self.assertEqual(("open", "unpaid", None), (opened.status, opened.payment_status, opened.payment_intent))
        with urllib.request.urlopen(opened.url) as page:
            self.assertIn("Pay 3998 usd", page.read().decode())
        control(f"sessions/{opened.id}/pay")
        done = client.v1.checkout.sessions.retrieve(opened.id, {"expand": ["payment_intent", "line_items"]})
        self.assertEqual(("complete", "paid", 3998, None), (
            done.status, done.payment_status, done.amount_total, done.url
        ))
        self.assertEqual(2, done.line_items.data[0].quantity)
        intent = done.payment_intent
        self.assertEqual(("succeeded", {"order": "order-1"}), (intent.status, intent.metadata.to_dict()))
        found = client.v1.checkout.sessions.list({"payment_intent": intent.id}).data
        self.assertEqual([opened.id], [session.id for session in found])
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 1000, "reason": "requested_by_customer"})
        charge = client.v1.charges.retrieve(intent.latest_charge)
        self.assertEqual((1000, False), (charge.amount_refunded, charge.refunded))
        rest = client.v1.refunds.create({"charge": charge.id})
        self.assertEqual(("succeeded", 2998), (rest.status, rest.amount))
        with self.assertRaises(stripe.InvalidRequestError) as caught:
            client.v1.refunds.create({"charge": charge.id})
        self.assertEqual("charge_already_refunded", caught.exception.code)
        control(f"refunds/{rest.id}/fail")
        self.assertEqual(1000, client.v1.charges.retrieve(charge.id).amount_refunded)

    def test_money_that_comes_later_or_never(self):
        for deed, status, intent_status in [
            ("settle", "paid", "succeeded"), ("bounce", "unpaid", "requires_payment_method"),
        ]:
            opened = session()
            control(f"sessions/{opened.id}/later")
            waits = client.v1.checkout.sessions.retrieve(opened.id)
            self.assertEqual(("complete", "unpaid"), (waits.status, waits.payment_status))
            control(f"sessions/{opened.id}/{deed}")
            over = client.v1.checkout.sessions.retrieve(opened.id, {"expand": ["payment_intent"]})
            self.assertEqual((status, intent_status), (over.payment_status, over.payment_intent.status))

    def test_what_is_free_has_no_payment(self):
        opened = session()
        control(f"sessions/{opened.id}/free")
        free = client.v1.checkout.sessions.retrieve(opened.id)
        self.assertEqual(("no_payment_required", None), (free.payment_status, free.payment_intent))

    def test_an_invoice_comes_with_it_when_asked(self):
        opened = session(invoice_creation={"enabled": True})
        control(f"sessions/{opened.id}/pay")
        invoice = client.v1.invoices.list({"customer": opened.customer}).data[0]
        self.assertEqual(("manual", "paid"), (invoice.billing_reason, invoice.status))

    def test_only_open_ones_lapse(self):
        opened = session()
        self.assertEqual("expired", client.v1.checkout.sessions.expire(opened.id).status)
        with self.assertRaises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.expire(opened.id)


class Refusals(unittest.TestCase):
    def refused(self, kind, act):
        with self.assertRaises(kind) as caught:
            act()
        return caught.exception

    def test_the_clients_classes(self):
        error = self.refused(stripe.InvalidRequestError, lambda: client.v1.prices.retrieve("price_none"))
        self.assertEqual((404, "resource_missing"), (error.http_status, error.code))
        error = self.refused(stripe.AuthenticationError, lambda: client_of("sk_test_other").v1.prices.list())
        self.assertEqual(401, error.http_status)
        error = self.refused(stripe.InvalidRequestError, lambda: session(bogus=1))
        self.assertEqual(("parameter_unknown", "bogus"), (error.code, error.param))
        # Gone from the API in this version.
        error = self.refused(stripe.InvalidRequestError, lambda: session(payment_method_types=["card"]))
        self.assertEqual("parameter_unknown", error.code)
        error = self.refused(stripe.InvalidRequestError, lambda: session(ui_mode="hosted"))
        self.assertEqual("ui_mode", error.param)
        error = self.refused(stripe.InvalidRequestError, lambda: session(automatic_tax={"enabled": True}))
        self.assertEqual("customer_tax_location_invalid", error.code)
        session(automatic_tax={"enabled": True}, customer_update={"address": "auto"})

    def test_the_client_tries_again_where_we_do(self):
        patient = client_of(key, retries=2)
        for troubles, works in [
            ([], True), (["conflict"], True), (["locked"], True), (["unavailable"], True),
            (["hang_up"], True), (["hang_up_after"], True), (["busy"], False), (["broken"], False),
            (["broken_after"], False), (["unavailable"] * 3, False),
        ]:
            control("trouble", "&".join(f"next[]={word}" for word in troubles).encode())
            email = f"{'.'.join(troubles) or 'none'}@retries.example"
            try:
                patient.v1.customers.create({"email": email})
                worked = True
            except stripe.StripeError:
                worked = False
            self.assertEqual(works, worked, troubles)
            made = client.v1.customers.list({"email": email}).data
            self.assertLessEqual(len(made), 1, troubles)


class Idempotency(unittest.TestCase):
    def test_the_first_answer_is_given_again(self):
        options = {"idempotency_key": "customer:7"}
        one = client.v1.customers.create({"email": "ada@example.com"}, options)
        two = client.v1.customers.create({"email": "ada@example.com"}, options)
        self.assertEqual(one.id, two.id)
        self.assertNotIn("idempotent-replayed", one.last_response.headers)
        self.assertEqual("true", two.last_response.headers["idempotent-replayed"])
        with self.assertRaises(stripe.IdempotencyError):
            client.v1.customers.create({"email": "grace@example.com"}, options)

    def test_what_was_not_begun_is_not_kept(self):
        options = {"idempotency_key": "price:7"}
        with self.assertRaises(stripe.InvalidRequestError):
            client.v1.prices.create({"currency": "usd"}, options)
        params = {"currency": "usd", "unit_amount": 1, "product_data": {"name": "x"}}
        client.v1.prices.create(params, options)


class Events(unittest.TestCase):
    def test_undelivered_ones_are_walked_oldest_first(self):
        # Nobody listens there, so nothing is delivered.
        endpoint = client.v1.webhook_endpoints.create(
            {"url": "http://127.0.0.1:9/", "enabled_events": ["customer.created"]}
        )
        self.assertTrue(endpoint.secret.startswith("whsec_"))
        first = client.v1.customers.create({"email": "first@events.example"}).id
        start = client.v1.events.list({"types": ["customer.created"], "limit": 1}).data[0]
        self.assertEqual(first, start.data.object.id)
        made = [client.v1.customers.create({"email": "e@events.example"}).id for _ in range(5)]
        client.v1.webhook_endpoints.delete(endpoint.id)
        client.v1.customers.create({"email": "heard by nobody@example.com"})
        page = client.v1.events.list({
            "types": ["customer.created"], "delivery_success": False, "ending_before": start.id, "limit": 2,
        })
        walked = [event.data.object.id for event in page.auto_paging_iter()]
        self.assertEqual(made, walked)
        self.assertEqual(start.id, client.v1.events.retrieve(start.id).id)


class Pushes(unittest.TestCase):
    def test_our_pushes_hold_for_its_verifier(self):
        with Receiver() as receiver:
            secret = control("listen", f"url={receiver.url}/hook".encode())["secret"]
            made = client.v1.customers.create({"email": "pushed@example.com"})
            path, headers, body = receiver.take()
            self.assertEqual("/hook", path)
            signature = headers["stripe-signature"]
            event = stripe.Webhook.construct_event(body, signature, secret)
            self.assertEqual(("customer.created", made.id), (event.type, event.data.object.id))
            self.assertEqual("2026-09-30.endive", event.api_version)
            with self.assertRaises(stripe.SignatureVerificationError):
                stripe.Webhook.construct_event(body + b" ", signature, secret)
            with self.assertRaises(stripe.SignatureVerificationError):
                stripe.Webhook.construct_event(body, signature, "whsec_other")

    def test_its_pushes_hold_for_our_verifier(self):
        with Program("stripe_receiver", f"whsec_old,{SECRET}") as ours:
            def post(body, header):
                request = urllib.request.Request(ours.says["url"], data=body, method="POST")
                request.add_header("stripe-signature", header)
                try:
                    with urllib.request.urlopen(request) as answer:
                        return answer.status, json.load(answer)
                except urllib.error.HTTPError as refused:
                    return refused.code, json.load(refused)

            event = {
                "id": "evt_1", "object": "event", "type": "checkout.session.completed",
                "created": 1, "livemode": False, "api_version": stripe.api_version,
                "data": {"object": {"id": "cs_1", "object": "checkout.session", "customer": "cus_1"}},
            }
            body = json.dumps(event, indent=2)
            def header(secret, timestamp=None):
                return stripe.WebhookSignature.generate_signature_header(
                    body, secret, timestamp or int(time.time())
                )
            status, notice = post(body.encode(), header(SECRET))
            self.assertEqual((200, "evt_1", "checkout", "cs_1", "cus_1"), (
                status, notice["id"], notice["topic"], notice["object"], notice["customer"]
            ))
            self.assertEqual(200, post(body.encode(), header("whsec_old"))[0])
            for bad in [header("whsec_other"), header(SECRET, int(time.time()) - 400),
                        header(SECRET, int(time.time()) + 400), "t=1", ""]:
                self.assertEqual(400, post(body.encode(), bad)[0], bad)
            self.assertEqual(400, post(json.dumps(event).encode(), header(SECRET))[0])
