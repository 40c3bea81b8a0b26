"""A time-stamping authority of our own: `openssl ts` behind a small HTTP server on loopback."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[tsa]
default_tsa = stamps
[stamping]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[stamps]
dir = {place}
serial = {place}/serial
crypto_device = builtin
signer_cert = {place}/tsa.pem
signer_key = {place}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(place: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True, timeout=60)


def made(place: Path) -> Path:
    """Make an authority's keys and certificates in a folder; gives its root certificate."""
    place.mkdir()
    (place / "tsa.cnf").write_text(CONFIG.format(place=place))
    (place / "serial").write_text("01\n")
    new = ("req", "-new", "-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf")
    openssl(
        place,
        *new,
        "-x509",
        "-days",
        "30",
        "-extensions",
        "ca",
        "-subj",
        "/CN=Root",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    )
    openssl(place, *new, "-subj", "/CN=Stamps", "-keyout", "tsa.key", "-out", "tsa.csr")
    sign = ("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20")
    openssl(place, *sign, "-extfile", "tsa.cnf", "-extensions", "stamping", "-out", "tsa.pem")
    return place / "ca.pem"


@contextmanager
def serving(place: Path) -> Iterator[ThreadingHTTPServer]:
    """Serve the authority in `place`; `server.spoil` may change an answer before it is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            server.asked += 1
            number = server.asked
            (place / f"{number}.tsq").write_bytes(query)
            reply = ("ts", "-reply", "-config", "tsa.cnf", "-queryfile", f"{number}.tsq", "-out", f"{number}.tsr")
            openssl(place, *reply)
            status, kind, body = server.spoil(
                200, "application/timestamp-reply", (place / f"{number}.tsr").read_bytes()
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False  # closing the server waits for its answers
    server.asked = 0
    server.spoil = lambda *answer: answer
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
