"""The real binary as a server on 127.0.0.1, with a data folder of its own."""

import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

BINARY = os.path.join(os.environ["PEERS"], "bin", "safelight")

# Nobody waits for a minute to pass; pictures are quick.
ROOMY = """
[limits]
requests_per_minute = 1000000
unfinished_renders = 1000000
account_requests_per_minute = 1000000
address_requests_per_minute = 1000000
failures_per_minute = 1000000
generations_per_minute = 1000000
[painter]
seconds = [0.01, 0.05]
[actions]
export = 1
"""


class Studio:
    """A running one: `with Studio() as studio`, then `studio.url`."""

    def __init__(self, config=ROOMY, settings=None):
        self.settings = settings or {}
        self.folder = tempfile.TemporaryDirectory()
        self.config = os.path.join(self.folder.name, "safelight.toml")
        with open(self.config, "w") as file:
            file.write(config)

    def command(self, *arguments):
        """How to run `safelight ARGUMENTS` here, with no setting from outside."""
        data = os.path.join(self.folder.name, "data")
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder.name, **self.settings}
        line = [BINARY, *arguments, "--data-dir", data, "--config", self.config]
        return {"args": line, "env": environment, "cwd": self.folder.name}

    def print(self, *arguments):
        """What a command that must succeed prints."""
        return subprocess.check_output(**self.command(*arguments), text=True).strip()

    def member(self, email, credits):
        """An account with credits, and a key for everything."""
        self.print("users", "create", email)
        self.print("credits", "grant", email, str(credits), "--reason", "a test")
        scopes = [word for scope in ("generate", "library", "consume") for word in ("--scope", scope)]
        return self.print("keys", "create", email, *scopes)

    def audit(self):
        """The whole books; they hold after whatever was tried."""
        self.print("doctor", "--deep", "--json")

    def log(self):
        with open(os.path.join(self.folder.name, "serve.log"), errors="replace") as file:
            return file.read()

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        written = [os.path.join(self.folder.name, name) for name in ("serve.out", "serve.log")]
        with open(written[0], "w") as out, open(written[1], "w") as log:
            serve = self.command("serve", "--bind", f"127.0.0.1:{port}")
            self.child = subprocess.Popen(**serve, stdout=out, stderr=log)
        while True:
            if self.child.poll() is not None:
                raise RuntimeError(self.log())
            try:
                urllib.request.urlopen(f"{self.url}/readyz").close()
                return self
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)

    def stop(self):
        self.child.terminate()
        self.child.wait()

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()
