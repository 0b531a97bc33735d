"""Proxies as processes of their own: nginx and Caddy, by the samples of deploy/ and as they come."""

import os
import socket
import ssl
import subprocess
import tempfile
import time

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../deploy")
NAME = "studio.example.com"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def sample(name, *changes):
    """A file of deploy/ with each of these texts, which must be there, replaced."""
    with open(os.path.join(DEPLOY, name)) as file:
        text = file.read()
    for old, new in changes:
        assert old in text, f"{name} has no {old!r} any more"
        text = text.replace(old, new)
    return text


class Front:
    """A proxy that runs: `with Front(...) as front`, then `front.send(...)`."""

    def __init__(self, port, secure):
        self.port, self.secure = port, secure
        self.folder = tempfile.TemporaryDirectory()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def certificate(self):
        """Any will do; nobody checks it here."""
        key, certificate = self.path("key.pem"), self.path("certificate.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-subj", f"/CN={NAME}", "-nodes", "-days", "1",
             "-newkey", "rsa:2048", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )
        return certificate, key

    def start(self, *command):
        log = open(self.path("log"), "w")
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder.name}
        self.child = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        log.close()
        while True:
            if self.child.poll() is not None:
                with open(self.path("log")) as file:
                    raise RuntimeError(file.read())
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionError:
                time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()
        self.folder.cleanup()

    def send(self, method, path, headers=(), body=b"", source="127.0.0.2"):
        """The status and the body of one request from this address; headers may hold any bytes."""
        to = "::1" if ":" in source else "127.0.0.1"
        stream = socket.create_connection((to, self.port), source_address=(source, 0))
        if self.secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            stream = context.wrap_socket(stream, server_hostname=NAME)
        lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: " + NAME.encode()]
        lines += [name.encode() + b": " + value for name, value in headers]
        lines += [b"Connection: close", b"Content-Length: %d" % len(body), b"", body]
        with stream:
            stream.sendall(b"\r\n".join(lines))
            answer = b""
            while part := stream.recv(65536):
                answer += part
        head, _, rest = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), rest


class Direct(Front):
    """No proxy at all."""

    def __init__(self, studio_port):
        super().__init__(studio_port, False)

    def __exit__(self, *_):
        self.folder.cleanup()


def nginx(front, servers):
    """nginx in the foreground, with this inside of http."""
    folder = front.folder.name
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{servers}}}\n"
    )
    config = front.write("nginx.conf", whole)
    return front.start("nginx", "-p", folder, "-c", config)


def bare_nginx(port, upstream):
    """`proxy_pass` and not a word more."""
    servers = f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{upstream}; }} }}\n"
    return nginx(Front(port, False), servers)


def adding_nginx(port, upstream):
    """The line most how-tos have: what a visitor sent, with the connection's address behind it."""
    servers = (
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{upstream};"
        " proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }\n"
    )
    return nginx(Front(port, False), servers)


def sample_nginx(port, upstream):
    front = Front(port, True)
    certificate, key = front.certificate()
    six = f"listen [::1]:{port} ssl http2;" if has_ipv6() else ""
    text = sample(
        "nginx.conf",
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{upstream};"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        ("listen [::]:443 ssl http2;", six),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", certificate),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", key),
    )
    return nginx(front, text)


def sample_caddy(port, upstream):
    front = Front(port, True)
    certificate, key = front.certificate()
    both = "127.0.0.1 ::1" if has_ipv6() else "127.0.0.1"
    site = f"https://{NAME}:{port} {{\n\tbind {both}\n\ttls {certificate} {key}\n"
    text = sample(
        "Caddyfile",
        (f"\n{NAME} {{\n", f"\n{site}"),
        ("reverse_proxy 127.0.0.1:8080", f"reverse_proxy 127.0.0.1:{upstream}"),
    )
    config = front.write("Caddyfile", "{\n\tadmin off\n\tauto_https off\n}\n" + text)
    return front.start("caddy", "run", "--adapter", "caddyfile", "--config", config)
