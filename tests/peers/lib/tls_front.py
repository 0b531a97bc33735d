"""A TLS front on loopback for clients that insist on https. Needs `trustme`."""

import os
import socket
import ssl
import tempfile
import threading

import trustme


class TlsFront:
    """Listens at once; passes bytes on to whatever `serve` names. `ca` is its authority's file."""

    def __init__(self):
        authority = trustme.CA()
        self.folder = tempfile.TemporaryDirectory()
        self.ca = os.path.join(self.folder.name, "ca.pem")
        authority.cert_pem.write_to_path(self.ca)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self.context)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self, url):
        host, port = url.removeprefix("http://").split(":")
        self.behind = (host, int(port))
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.folder.cleanup()

    def _accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(raw,), daemon=True).start()

    def _connection(self, raw):
        try:
            with (
                self.context.wrap_socket(raw, server_side=True) as outer,
                socket.create_connection(self.behind) as inner,
            ):
                asks = threading.Thread(target=_pass, args=(outer, inner), daemon=True)
                asks.start()
                _pass(inner, outer)
        except OSError:
            pass  # A client that hangs up, or does not trust us, is its own affair.


def _pass(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
