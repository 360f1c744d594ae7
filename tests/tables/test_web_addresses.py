"""Web addresses as data: bounded, checked at each hop, and nothing secret of them is ever shown."""

import base64
import gzip
import http.server
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

from automl.errors import DataError
from automl.tables import ReadOptions, downloading, hosts, read_blocks, read_table

CSV = b"name,count\nann,1\nbob,2\n"
LOCAL = ReadOptions(allow_private_addresses=True)


class Server(http.server.ThreadingHTTPServer):
    """Answers each path as it is told to, and remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {"/data.csv": (200, {}, CSV)}
        self.asked = []

    def url(self, path="/data.csv", host="127.0.0.1", login=""):
        return f"http://{login}{host}:{self.server_port}{path}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        answer = self.server.answers.get(self.path.partition("?")[0], (404, {}, b""))
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def failure(source, options=LOCAL):
    with pytest.raises(DataError) as caught:
        read_table(source, options)
    assert caught.value.hint
    return caught.value


def test_an_address_is_read_as_its_file_would_be(server):
    table = read_table(server.url(), LOCAL)
    assert table.cells.to_numpy().tolist() == [["ann", "1"], ["bob", "2"]]
    (block,) = read_blocks(server.url(), LOCAL)
    assert block.cells.equals(table.cells)
    assert block.sha256 == table.sha256


def test_the_ending_of_the_path_and_a_packing_count_as_in_files(server):
    server.answers["/t.json"] = (200, {}, b'[{"a": 1}, {"a": 2}]')
    server.answers["/t.csv.gz"] = (200, {}, gzip.compress(CSV))
    assert list(read_table(server.url("/t.json?x=1"), LOCAL).cells["a"]) == ["1", "2"]
    assert list(read_table(server.url("/t.csv.gz"), LOCAL).cells["name"]) == ["ann", "bob"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_this_machine_is_refused_without_the_flag(server, host):
    error = failure(server.url(host=host), ReadOptions())
    assert "public internet" in error.message
    assert "--allow-private-addresses" in error.hint
    assert not server.asked


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
        *("::1", "fe80::1", "fc00::1", "64:ff9b::10.0.0.1", "2002:a00:1::1", "::ffff:10.0.0.1"),
    ],
)
def test_special_ranges_are_not_public(monkeypatch, address):
    monkeypatch.setattr(hosts.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 80))])
    with pytest.raises(DataError, match="public internet"):
        hosts.allowed_addresses("data.example", 80, allow_private=False)


def test_public_addresses_are_let_through(monkeypatch):
    found = ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"]
    monkeypatch.setattr(hosts.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (each, 80)) for each in found])
    assert hosts.allowed_addresses("data.example", 80, allow_private=False) == tuple(found)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = ["8.8.8.8", "127.0.0.1"]
    monkeypatch.setattr(hosts.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (each, 80)) for each in found])
    with pytest.raises(DataError, match="public internet"):
        hosts.allowed_addresses("data.example", 80, allow_private=False)


def test_a_name_is_resolved_once_so_that_it_cannot_lead_elsewhere_later(server, monkeypatch):
    real, asked = socket.getaddrinfo, []

    def resolve(host, *arguments, **named):
        if host == "data.example":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return real(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert len(read_table(server.url(host="data.example"), LOCAL).cells) == 2
    assert asked == ["data.example"]
    assert server.asked[0][1]["Host"] == f"data.example:{server.server_port}"


def test_a_redirect_is_followed_and_checked_like_the_first_address(server, monkeypatch):
    server.answers["/go"] = (302, {"Location": "/data.csv"}, b"")
    assert len(read_table(server.url("/go"), LOCAL).cells) == 2

    server.answers["/inside"] = (302, {"Location": server.url(host="localhost")}, b"")
    real = hosts._is_public
    monkeypatch.setattr(hosts, "_is_public", lambda address: address == "127.0.0.1" or real(address))
    resolve = socket.getaddrinfo
    inside = {"localhost": "10.0.0.1"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **named: resolve(inside.get(host, host), *rest, **named)
    )
    assert "'localhost' is not on the public internet" in failure(server.url("/inside"), ReadOptions()).message


@pytest.mark.parametrize(
    ("location", "what"),
    [("/round", "more than 5 times"), ("file:///etc/passwd", "no web address"), ("", "no web address")],
)
def test_a_redirect_that_leads_nowhere_is_refused(server, location, what):
    server.answers["/round"] = (301, {"Location": location}, b"")
    assert what in failure(server.url("/round")).message


def test_a_login_is_sent_to_its_own_server_and_never_shown(server):
    with Server() as other:
        thread = threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        server.answers["/go"] = (302, {"Location": other.url("/data.csv?token=hidden")}, b"")
        table = read_table(server.url("/go?key=hidden", login="ann:p%40ss@"), LOCAL)
        other.shutdown()
        thread.join()
    assert server.asked[0][0] == "/go?key=hidden"
    assert base64.b64decode(server.asked[0][1]["Authorization"].removeprefix("Basic ")) == b"ann:p@ss"
    assert "Authorization" not in other.asked[0][1]
    assert table.source == server.url("/go")


@pytest.mark.parametrize("path", ["/missing.csv", "/broken", "/secret", "/busy"])
def test_no_error_shows_login_or_token(server, path):
    def broken(handler):
        handler.wfile.write(b"nonsense")

    server.answers |= {"/broken": broken, "/secret": (401, {}, b""), "/busy": (503, {}, b"")}
    error = failure(server.url(f"{path}?token=hidden", login="ann:hidden@"))
    assert server.url(path) in error.message
    assert "hidden" not in error.message + error.hint


@pytest.mark.parametrize(
    "url", ["http://", "http:///x.csv", "http://[::1/x", "http://ann:hid/den@host/x", "http://h/a b\nhidden"]
)
def test_an_address_without_a_host_is_refused_without_being_shown(url):
    error = failure(url)
    assert "names no host" in error.message
    assert "hid" not in error.message


def test_an_unknown_host_and_a_closed_port_are_said(server):
    assert "'nowhere.invalid' is not known" in failure("http://nowhere.invalid/data.csv").message
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be reached" in failure(f"http://127.0.0.1:{port}/data.csv").message


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_file_that_is_too_large_is_refused(server, monkeypatch, is_announced):
    def endless(handler):
        handler.send_response(200)
        if is_announced:
            handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        handler.wfile.write(CSV * 200)

    monkeypatch.setattr(downloading, "MAX_BYTES", 1000)
    server.answers["/data.csv"] = endless
    assert "larger than" in failure(server.url()).message


def test_a_file_that_breaks_off_is_not_read_as_a_shorter_one(server):
    server.answers["/data.csv"] = (200, {"Content-Length": "1000"}, CSV)
    assert "broke off" in failure(server.url()).message


@pytest.fixture
def secure(server, tmp_path, monkeypatch):
    """The same server behind TLS, with a certificate for localhost alone that is trusted."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    command = (openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names)
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return f"https://{{host}}:{server.server_port}{{path}}"


def test_https_is_read_where_the_certificate_is_the_host_s(secure):
    assert len(read_table(secure.format(host="localhost", path="/data.csv"), LOCAL).cells) == 2
    assert "certificate" in failure(secure.format(host="127.0.0.1", path="/data.csv")).message


def test_a_certificate_that_nobody_vouches_for_is_refused(secure, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in failure(secure.format(host="localhost", path="/data.csv")).message


def test_a_redirect_from_https_to_http_is_refused(server, secure):
    server.answers["/down"] = (302, {"Location": "http://localhost/data.csv"}, b"")
    assert "from https to http" in failure(secure.format(host="localhost", path="/down")).message


def test_a_server_that_sends_drop_by_drop_runs_out_of_time(server):
    def drip(handler):
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000:
                handler.wfile.write(bytes([byte]))
                time.sleep(0.02)
        except OSError:
            pass

    server.answers["/data.csv"] = drip
    error = failure(server.url(), ReadOptions(allow_private_addresses=True, max_seconds=0.3))
    assert "not read within 0.3 seconds" in error.message
