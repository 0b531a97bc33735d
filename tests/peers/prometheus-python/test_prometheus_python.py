"""The Prometheus project's own parser reads what the real binary tells at /metrics."""

import json
import os
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

BINARY = os.path.join(os.environ["PEERS"], "bin", "safelight")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Exposition(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        port, metrics = free_port(), free_port()
        self.url, self.metrics = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics}/metrics"
        config = os.path.join(folder.name, "safelight.toml")
        with open(config, "w") as file:
            file.write("[painter]\nseconds = [0.05, 0.1]\n")
        self.where = ["--data-dir", os.path.join(folder.name, "data"), "--config", config]
        self.environment = {"PATH": os.environ["PATH"], "METRICS_BIND": f"127.0.0.1:{metrics}"}
        self.run_once("users", "create", "ada@example.com")
        self.run_once("credits", "grant", "ada@example.com", "10", "--reason", "a test")
        self.key = self.run_once("keys", "create", "ada@example.com")
        server = subprocess.Popen(
            [BINARY, "serve", "--bind", f"127.0.0.1:{port}", *self.where],
            env=self.environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        while not self.ready():
            self.assertIsNone(server.poll(), "the server ended")
            time.sleep(0.02)

    def run_once(self, *arguments):
        command = [BINARY, *arguments, *self.where]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz"):
                return True
        except urllib.error.URLError:
            return False

    def call(self, path, body=None):
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["data"]

    def scrape(self):
        with urllib.request.urlopen(self.metrics) as answer:
            self.assertEqual("text/plain; version=0.0.4; charset=utf-8", answer.headers["Content-Type"])
            return {f.name: f for f in text_string_to_metric_families(answer.read().decode())}

    def value(self, families, sample, **labels):
        found = [
            s.value for f in families.values() for s in f.samples
            if s.name == sample and labels.items() <= s.labels.items()
        ]
        self.assertEqual(1, len(found), f"{sample} {labels}")
        return found[0]

    def test_counters_histograms_and_gauges_are_read_and_move(self):
        before = self.scrape()
        self.assertEqual(0, self.value(before, "safelight_renders_requested_total"))
        made = self.call("/api/v1/generations", {"prompt": "a fox", "size": "square", "count": 4})
        path = f"/api/v1/generations/{made['id']}"
        while any(r["state"] != "stored" for r in self.call(path)["renders"]):
            time.sleep(0.05)
        after = self.scrape()
        self.assertEqual(4, self.value(after, "safelight_renders_requested_total"))
        self.assertEqual(4, self.value(after, "safelight_renders_ended_total", outcome="stored"))
        self.assertEqual(0, self.value(after, "safelight_renders", state="pending"))
        self.assertEqual("gauge", after["safelight_renders"].type)
        self.assertEqual("counter", after["safelight_renders_ended"].type)
        fetches = after["safelight_provider_call_seconds"]
        self.assertEqual("histogram", fetches.type)
        self.assertEqual(4, self.value(after, "safelight_provider_call_seconds_count", call="fetch"))

    def test_histograms_are_whole_and_labels_are_closed(self):
        self.call("/api/v1/credits")
        families = self.scrape()
        for family in families.values():
            self.assertTrue(family.documentation, family.name)
            series = [(s.name, tuple(sorted(s.labels.items()))) for s in family.samples]
            self.assertEqual(len(series), len(set(series)), f"{family.name} tells a series twice")
            for sample in family.samples:
                for value in sample.labels.values():
                    self.assertRegex(value, re.compile(r"^[A-Za-z0-9_./{}*+-]{1,64}$"))
            if family.type != "histogram":
                continue
            buckets = {}
            for sample in family.samples:
                if sample.name.endswith("_bucket"):
                    rest = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
                    buckets.setdefault(rest, []).append((float(sample.labels["le"]), sample.value))
            for rest, counts in buckets.items():
                self.assertEqual(counts, sorted(counts), family.name)
                self.assertEqual([v for _, v in counts], sorted(v for _, v in counts), family.name)
                self.assertEqual(float("inf"), counts[-1][0])
                count = self.value(families, f"{family.name}_count", **dict(rest))
                self.assertEqual(count, counts[-1][1], family.name)


if __name__ == "__main__":
    unittest.main()
