"""localstripe, a Stripe that somebody else wrote, pushes to our verifier: its events are signed as
Stripe's are, and of a version long gone."""

import json
import socket
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request

from simulator import Program

SECRET = "whsec_local_secret"
# It binds all addresses by itself; this keeps it on loopback.
SERVE = """
import sys
from aiohttp import web
from localstripe.server import app
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


def setUpModule():
    global base, ours
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen([sys.executable, "-c", SERVE, str(port)], stdout=subprocess.DEVNULL)
    unittest.addModuleCleanup(child.wait)
    unittest.addModuleCleanup(child.kill)
    base = f"http://127.0.0.1:{port}"
    ours = Program("stripe_receiver", f"whsec_other,{SECRET}")
    unittest.addModuleCleanup(ours.__exit__)
    until(lambda: call("/v1/customers"))
    call("/_config/webhooks/safelight", url=f"{ours.says['url']}/", secret=SECRET)


def call(path, **form):
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(f"{base}{path}", data=data)
    request.add_header("authorization", "Bearer sk_test_12345")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


def until(found):
    """Waits for what comes; the limit ends a run that went wrong."""
    for _ in range(600):
        try:
            if (value := found()):
                return value
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("it never came")


def noticed(kind):
    with urllib.request.urlopen(ours.says["url"]) as answer:
        return [notice for notice in json.load(answer) if notice["type"] == kind]


class Pushes(unittest.TestCase):
    def test_its_events_are_proven_and_read(self):
        customer = call("/v1/customers", email="ada@example.com")
        notice = until(lambda: noticed("customer.created"))[0]
        self.assertEqual((customer["id"], "other", False), (
            notice["customer"], notice["topic"], notice["live"]
        ))
        self.assertEqual("2017-08-15", notice["api_version"])
        method = call("/v1/payment_methods", **{
            "type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12",
            "card[exp_year]": "2030", "card[cvc]": "123",
        })
        call(f"/v1/payment_methods/{method['id']}/attach", customer=customer["id"])
        intent = call("/v1/payment_intents", **{
            "customer": customer["id"], "amount": "1999", "currency": "usd",
            "payment_method": method["id"], "confirm": "true",
        })
        self.assertEqual("succeeded", intent["status"])
        notice = until(lambda: noticed("payment_intent.succeeded"))[0]
        self.assertEqual((customer["id"], "other"), (notice["customer"], notice["topic"]))
