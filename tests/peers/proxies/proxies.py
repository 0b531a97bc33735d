"""Through real proxies: what is for this machine stays closed, and limits hold for each who asks."""

import contextlib
import unittest

from fronts import (
    Direct, adding_nginx, bare_nginx, free_port, has_ipv6, sample_caddy, sample_nginx,
)
from studio import Studio

MOST = 20

CONFIG = f"""
stand_ins = ["painter", "disk", "checkout"]
[limits]
address_requests_per_minute = {MOST}
"""
NAMED = CONFIG + 'trusted_proxies = ["127.0.0.1"]\n'
HTTPS = "https://studio.example.com"

# What a visitor may send to look like somebody else, or like nobody.
TRICKS = [
    [("X-Forwarded-For", b"127.0.0.1")],
    [("X-Forwarded-For", b"\xff")],
    [("X-Forwarded-For", b"Z\xfcrich, 127.0.0.1")],
    [("X-Forwarded-For", b"198.51.100.77")],
    [("X-Forwarded-For", b"unknown, , _x"), ("X-Forwarded-For", b"10.0.0.1")],
    [("X-Forwarded-For", b"\t203.0.113.4:99, [2001:db8::1]:80")],
    [("X-Forwarded-For", b", ".join([b"127.0.0.1"] * 200))],
    [("X-Real-IP", b"127.0.0.1")],
    [("Forwarded", b"for=127.0.0.1;host=localhost")],
    [("CF-Connecting-IP", b"127.0.0.1"), ("CDN-Loop", b"cloudflare")],
    [("True-Client-IP", b"198.51.100.78"), ("Via", b"1.1 x")],
    [],
]


@contextlib.contextmanager
def behind(kind, config, app_url=None):
    """A studio and this kind of proxy before it; by default the proxy's address is its own."""
    port = free_port()
    settings = {"APP_URL": app_url or f"http://127.0.0.1:{port}", "METRICS_BIND": "off"}
    with Studio(config, settings) as studio, contextlib.ExitStack() as stack:
        if kind == "two hops":
            inner = stack.enter_context(adding_nginx(free_port(), studio.port))
            front = stack.enter_context(sample_caddy(port, inner.port))
        elif kind == "none":
            front = stack.enter_context(Direct(studio.port))
        else:
            front = stack.enter_context(KINDS[kind](port, studio.port))
        yield studio, front


KINDS = {
    "none": None,
    "bare nginx": bare_nginx,
    "adding nginx": adding_nginx,
    "nginx by the sample": sample_nginx,
    "Caddy by the sample": sample_caddy,
    "two hops": None,
}
# Which of them say where a visitor comes from.
SAYING = ["adding nginx", "nginx by the sample", "Caddy by the sample", "two hops"]


def asks_for_a_code(front, n, headers=(), source="127.0.0.2"):
    headers = [
        *headers, ("Sec-Fetch-Site", b"same-origin"),
        ("Content-Type", b"application/x-www-form-urlencoded"),
    ]
    return front.send("POST", "/sign-in", headers, b"email=p%d@example.com" % n, source)[0]


class Proxies(unittest.TestCase):
    def test_the_pages_of_stand_ins_are_closed_through_every_proxy(self):
        for kind in KINDS:
            for app_url in (None, HTTPS):
                roomy = NAMED.replace(f"= {MOST}", "= 1000000")
                with self.subTest(kind, app_url=app_url), behind(kind, roomy, app_url) as (_, front):
                    self.assertEqual(asks_for_a_code(front, 0), 303)
                    for path in ("/dev/outbox", "/dev/checkout", "/dev/outbox?dev=1", "/metrics"):
                        for trick in TRICKS:
                            status, body = front.send("GET", path, trick)
                            self.assertIn(status, (400, 404), f"{path} {trick}")
                            self.assertNotIn(b"code is", body)

    def test_the_operator_reads_the_mails_where_no_page_shows_them(self):
        with behind("nginx by the sample", NAMED, HTTPS) as (studio, front):
            self.assertEqual(asks_for_a_code(front, 7), 303)
            self.assertIn("p7@example.com", studio.print("mail", "outbox", "--json"))

    def until_refused(self, front, source, tricks):
        """How many requests from this address were answered before one was refused."""
        for n in range(4 * MOST):
            status, _ = front.send("GET", "/terms", tricks[n % len(tricks)], source=source)
            if status == 429:
                return n
            self.assertIn(status, (200, 400), tricks[n % len(tricks)])
        self.fail(f"{source} is never refused")

    def test_a_limit_holds_for_each_address_and_no_header_avoids_or_spends_it(self):
        for kind in SAYING:
            for app_url in (None, HTTPS):
                with self.subTest(kind, app_url=app_url), behind(kind, NAMED, app_url) as (_, front):
                    self.until_refused(front, "127.0.0.2", TRICKS)
                    # The same address without any trick is the same place.
                    self.assertEqual(front.send("GET", "/terms", source="127.0.0.2")[0], 429)
                    # And nobody else's was spent, by whatever name it was called.
                    answered = self.until_refused(front, "127.0.0.3", [[]])
                    self.assertEqual(answered, MOST)

    def test_each_address_of_ipv6_has_a_place_too(self):
        self.assertTrue(has_ipv6(), "this machine has no ::1")
        for kind in ("nginx by the sample", "Caddy by the sample"):
            with self.subTest(kind), behind(kind, NAMED, HTTPS) as (_, front):
                self.until_refused(front, "::1", TRICKS)
                self.assertEqual(front.send("GET", "/terms", source="127.0.0.2")[0], 200)

    def test_who_comes_through_a_proxy_that_nobody_named_shares_one_limit(self):
        for kind in KINDS:
            if kind == "none":
                continue
            for app_url in (None, HTTPS):
                with self.subTest(kind, app_url=app_url), behind(kind, CONFIG, app_url) as (studio, front):
                    self.until_refused(front, "127.0.0.2", TRICKS)
                    self.assertEqual(front.send("GET", "/terms", source="127.0.0.3")[0], 429)
                    self.assertIn("trusted_proxies does not name", studio.log())

    def test_codes_are_counted_behind_every_proxy(self):
        for kind in KINDS:
            config = (CONFIG if kind == "bare nginx" else NAMED).replace(f"= {MOST}", "= 1000000")
            for app_url in (None, HTTPS):
                with self.subTest(kind, app_url=app_url), behind(kind, config, app_url) as (_, front):
                    told = [asks_for_a_code(front, n, TRICKS[n % len(TRICKS)]) for n in range(120)]
                    self.assertIn(422, told, "no limit holds")
                    self.assertLess(told.count(303), 80)
                    self.assertGreaterEqual(told.count(303), 5)
                    if kind in SAYING:
                        self.assertEqual(asks_for_a_code(front, 500, source="127.0.0.3"), 303)

    def test_the_figures_are_not_told_through_a_proxy_that_leads_to_them(self):
        metrics = free_port()
        with Studio(NAMED, {"METRICS_BIND": f"127.0.0.1:{metrics}"}):
            with Direct(metrics) as direct:
                # Another name than this machine's is somebody who was led here.
                self.assertEqual(direct.send("GET", "/metrics", source="127.0.0.1")[0], 404)
            for start in (bare_nginx, adding_nginx, sample_nginx, sample_caddy):
                with self.subTest(start.__name__), start(free_port(), metrics) as front:
                    self.assertEqual(front.send("GET", "/metrics")[0], 404)


if __name__ == "__main__":
    unittest.main()
