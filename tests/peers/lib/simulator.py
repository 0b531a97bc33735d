"""Programs of ours that print their addresses as one line of JSON and serve until they are ended."""

import json
import os
import subprocess


class Program:
    """A running one: `Program("fal_simulator", "0", KEY)`; `with` ends it."""

    def __init__(self, name, *arguments):
        path = os.path.join(os.environ["PEERS"], "bin", name)
        self.child = subprocess.Popen(
            [path, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError(f"{name} said nothing and ended with {self.child.wait()}")
        self.says = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()
