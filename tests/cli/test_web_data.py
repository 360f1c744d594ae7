"""Commands that are given a web address: what is secret in it stands in nothing that they print or write."""

import http.server
import json
import threading
import zipfile

import pytest

HEADER = "size,color,price\n"
ROWS = "".join(f"{i},{'red' if i % 3 else 'blue'},{2 * i + i % 3}\n" for i in range(60))


@pytest.fixture
def address():
    """An address with a login and a token; every path answers with a table, ``more`` with other rows."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = (HEADER + (ROWS.replace(",red,", ",green,") if "more" in self.path else ROWS)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://ann:pw-5ecret@127.0.0.1:{server.server_port}/prices.csv?token=5ecret"
        server.shutdown()
        thread.join()


def test_a_model_of_an_address_holds_nothing_secret(automl, address, tmp_path):
    told = automl(
        *("fit", address, "--target", "price", "--trials", "1", "--families", "linear", "--folds", "2", "--jobs", "1"),
        *("--allow-private-addresses", "--test-data", address.replace("prices", "more"), "--log-file", "log.jsonl"),
    )
    assert told.code == 0
    assert told.out.strip() == "prices.automl"
    assert "5ecret" not in told.out + told.err
    written = {name: (tmp_path / name).read_bytes() for name in ("prices.automl", "prices.html", "log.jsonl")}
    with zipfile.ZipFile("prices.automl") as model:
        written |= {name: model.read(name) for name in model.namelist()}
    assert not [name for name, content in written.items() if b"5ecret" in content]
    manifest = json.loads(automl("inspect", "prices.automl", "--json").out)
    assert manifest["settings"]["data"].endswith("/prices.csv")
    assert "5ecret" not in json.dumps(manifest)


def test_an_address_of_this_machine_needs_the_flag(automl, address):
    outcome = automl("profile", address)
    assert outcome.code == 3
    assert "--allow-private-addresses" in outcome.hint
    outcome = automl("profile", address, "--allow-private-addresses", "--json")
    assert outcome.code == 0
    assert "5ecret" not in outcome.out
