"""Schemathesis reads the served document and calls the real binary with what it makes of it: what
the document allows must be taken, what it forbids refused, and every answer must be as described.

The API takes a key and never a session's cookie, so one kind of credentials is generated with; the
check `ignored_auth` and the last test try the rest. `CASES` is how many requests at least."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from studio import Studio

CASES = int(os.environ.get("CASES", "2000"))
HERE = os.path.dirname(os.path.abspath(__file__))


def get(studio, path, **headers):
    request = urllib.request.Request(studio.url + path, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read()


class Document(unittest.TestCase):
    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.folder.cleanup)
        self.key = self.studio.member("ada@example.com", 10_000_000)
        self.studio.__enter__()
        self.addCleanup(self.studio.stop)

    def bearer(self):
        return {"Authorization": f"Bearer {self.key}"}

    def run_cases(self, examples, seed):
        """How many cases were generated; fails with all that was found."""
        _, models = get(self.studio, "/api/v1/models", **self.bearer())
        models = json.loads(models)["data"]
        models = models["items"] if isinstance(models, dict) else models
        readers = [model["slug"] for model in models if model["negative_prompt"]]
        environment = {
            **os.environ,
            "PYTHONPATH": HERE,
            "SCHEMATHESIS_HOOKS": "hooks",
            "READ_NEGATIVE": ",".join(readers),
        }
        with tempfile.TemporaryDirectory() as elsewhere:
            ran = subprocess.run(
                [
                    os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run",
                    f"{self.studio.url}/api/openapi.json",
                    "--header", f"Authorization: Bearer {self.key}",
                    "--checks", "all",
                    # Deleting a picture puts it in the trash, where it can still be looked at. What
                    # is deleted for good is asked for below. Whether what was made is there is asked in hooks.py.
                    "--exclude-checks", "use_after_free,ensure_resource_availability",
                    "--max-examples", str(examples),
                    "--seed", str(seed),
                    "--continue-on-failure", "--no-color",
                ],
                env=environment, cwd=elsewhere, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )
        generated = re.search(r"(\d+) generated", ran.stdout)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertIsNotNone(generated, ran.stdout)
        return int(generated[1])

    def test_every_answer_is_as_the_document_says(self):
        generated, round = 0, 0
        # One run after another: what is generated depends on what was found to exist.
        while generated < CASES:
            round += 1
            generated += self.run_cases(min(100, 20 + CASES // 100), round)
        print(f"{generated} cases in {round} rounds")
        self.assertNotIn("ERROR", self.studio.log())
        self.assertNotIn("sl_live_", self.studio.log())
        self.studio.stop()
        self.studio.audit()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.bearer(), "Content-Type": "application/json"}
        request = urllib.request.Request(self.studio.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as answer:
            return answer.code, json.loads(answer.read())

    def test_what_is_deleted_for_good_is_gone(self):
        _, made = self.call("POST", "/api/v1/folders", {"name": "Boats"})
        folder = f"/api/v1/folders/{made['data']['id']}"
        self.assertEqual(200, self.call("DELETE", folder)[0])
        for method, body in [("GET", None), ("PATCH", {"name": "Ships"}), ("DELETE", None)]:
            self.assertEqual(404, self.call(method, folder, body)[0], method)

    def test_a_model_that_reads_no_negative_prompt_refuses_one(self):
        body = {"prompt": "a fox", "negative_prompt": "rain", "model": "flux-schnell"}
        status, told = self.call("POST", "/api/v1/generations", body)
        self.assertEqual((422, "negative_prompt"), (status, told["field"]))

    def test_a_session_is_no_key(self):
        link = self.studio.print("login-link", "ada@example.com")
        link = re.sub(r"^https?://[^/]+", self.studio.url, link)

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        post = urllib.request.Request(link, data=b"", method="POST", headers={
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        })
        with self.assertRaises(urllib.error.HTTPError) as signed_in:
            urllib.request.build_opener(Stay).open(post)
        self.assertEqual(303, signed_in.exception.code)
        cookies = signed_in.exception.headers.get_all("Set-Cookie")
        cookie = next(c.split(";")[0] for c in cookies if c.startswith("session="))
        self.assertEqual(200, get(self.studio, "/account", Cookie=cookie)[0])
        document = json.loads(get(self.studio, "/api/openapi.json")[1])
        for path in document["paths"]:
            path = re.sub(r"\{.*?\}", "01a21113-1cb3-7151-9d64-d77a30ea7c5c", path)
            status, _ = get(self.studio, path, Cookie=cookie)
            self.assertIn(status, (401, 405), path)


if __name__ == "__main__":
    unittest.main()
