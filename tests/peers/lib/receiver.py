"""Receives what is pushed, raw: signatures are over bytes."""

import http.server
import queue
import threading


class Receiver:
    """`with Receiver() as receiver`; `receiver.take()` is the next push as (path, headers, body).

    `statuses` are its first answers; later ones are 200."""

    def __init__(self, *statuses):
        pushes, answers = queue.Queue(), list(statuses)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                pushes.put((self.path, dict(self.headers.items()), body))
                self.send_response(answers.pop(0) if answers else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.pushes = pushes
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self):
        # The limit ends a run that went wrong; nothing is measured.
        return self.pushes.get(timeout=60)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
