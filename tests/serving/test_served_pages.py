"""The server's pages in Chromium: on a desk and on a phone, in light and dark, with nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import Page, open_browser, serious_violations
from serving_processes import Server

pytestmark = pytest.mark.browser

PREDICT = """new Promise(done => {
  document.querySelector("form button").click();
  const look = () => document.querySelector("form button").disabled ? setTimeout(look, 50) : done(true);
  setTimeout(look, 50);
})"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with open_browser() as opened:
        yield opened


def address(server: Server, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def text(page: Page, selector: str) -> str:
    return str(page.evaluate(f"document.querySelector({selector!r}).innerText"))


@pytest.mark.parametrize("path", ["/", "/?model=bike_demand", "/docs"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_fits_its_window_complains_of_nothing_and_asks_nobody_else(
    server: Server, page: Page, path: str, width: int
) -> None:
    visit = page.open(address(server, path), width)
    assert visit.complaints == []
    assert visit.requests
    assert all(each.startswith(address(server, "/assets/")) for each in visit.requests)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_axe_finds_nothing_serious(server: Server, page: Page, path: str, scheme: str) -> None:
    page.open(address(server, path), 1280, scheme)
    if path == "/":
        page.evaluate(PREDICT)
    assert serious_violations(page) == []


def test_the_form_predicts_its_example_and_says_why(server: Server, page: Page) -> None:
    page.open(address(server, "/"), 1280)
    page.evaluate(PREDICT)
    example = server.get("/openapi.json").json["paths"]["/predict"]["post"]["requestBody"]["content"]
    record = example["application/json"]["examples"]["records"]["value"]["records"][0]
    told = server.post("/predict", {"records": [record], "contributions": True}).json["predictions"][0]
    assert text(page, "#outcome") == told["prediction"]
    assert f"{100 * told['proba_Yes']:.4g} %" in text(page, "#shares")
    assert "What each column adds to the log-odds of Yes" in text(page, "#reasons caption")
    shown = page.evaluate("[...document.querySelectorAll('#reasons tbody th')].map(each => each.innerText)")
    assert shown == list(told["reasons"]["contributions"])[:12]


def test_bars_stand_in_the_middle_of_their_cells(server: Server, page: Page) -> None:
    page.open(address(server, "/"), 1280)
    page.evaluate(PREDICT)
    margins = page.evaluate(
        "[...document.querySelectorAll('td.track div')].map(each => getComputedStyle(each).marginTop)"
    )
    assert margins
    assert set(margins) == {"0px"}


def test_what_is_left_empty_is_missing_and_what_is_changed_is_sent(server: Server, page: Page) -> None:
    page.open(address(server, "/"), 1280)
    page.evaluate("document.querySelectorAll('form [data-name]').forEach(each => { each.value = '' }); 0")
    page.evaluate("document.querySelector('[data-name=contract]').value = 'two years'; 0")
    page.evaluate(PREDICT)
    columns = [column["name"] for column in server.get("/metadata").json["columns"]]
    record = dict.fromkeys(columns) | {"contract": "two years"}
    told = server.post("/predict", {"records": [record]}).json["predictions"][0]
    assert f"{100 * told['proba_Yes']:.4g} %" in text(page, "#shares")


def test_a_number_is_predicted_with_its_bounds(server: Server, page: Page) -> None:
    page.open(address(server, "/?model=bike_demand"), 390, "dark")
    page.evaluate(PREDICT)
    assert float(text(page, "#outcome")) > 0
    assert text(page, "#bounds").startswith("Nine times in ten between ")


def test_a_page_may_do_nothing_but_ask_this_server(server: Server) -> None:
    policy = server.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy


def test_a_page_of_a_model_that_is_not_served_is_not_found(server: Server) -> None:
    assert server.get("/?model=nobody").status == 404
    assert server.get("/assets/..%2Fpages.py").status == 404
