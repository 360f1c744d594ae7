"""What DATA names, and that what is secret in an address is in no name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.inputs import is_database_address, is_web_address, public_name, split_part

ODD = st.text("/?#@:%[];=&ab1", max_size=6)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("a/b.csv", "a/b.csv"),
        ("-", "-"),
        ("https://example.org/a.csv", "https://example.org/a.csv"),
        ("https://ann:pw@example.org:8443/a/b.csv?token=1#x", "https://example.org:8443/a/b.csv"),
        ("https://example.org/@ann/a.csv;jsessionid=1", "https://example.org/@ann/a.csv"),
        ("http://[::1]:80/a.csv", "http://[::1]:80/a.csv"),
        ("postgresql+psycopg://ann:p@w@host:5432/shop?sslkey=x", "postgresql+psycopg://host:5432/shop"),
        ("sqlite:////home/a@b/shop.db?x=1", "sqlite:////home/a@b/shop.db"),
        ("mysql://host/shop?password=a@b", "mysql://…"),
        ("http://ann:pw", "http://…"),
        ("https://ann:@pw?@example.org/shop", "https://…"),
        ("https://ann:@pw#@example.org/shop", "https://…"),
    ],
)
def test_an_address_is_called_by_what_everybody_may_know(source, name):
    assert public_name(source) == name


@given(ODD, ODD)
def test_no_password_is_in_the_name_whatever_it_looks_like(before, after):
    for scheme in ("https", "postgresql"):
        assert "5ecret" not in public_name(f"{scheme}://ann:{before}5ecret{after}@example.org/shop")


@given(ODD, ODD)
def test_nothing_of_a_query_is_in_the_name(before, after):
    for scheme in ("https", "postgresql"):
        assert "5ecret" not in public_name(f"{scheme}://example.org/shop?key={before}5ecret{after}")


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("shop.sqlite::orders", ("shop.sqlite", "orders")),
        ("http://[::1]:80", ("http://[::1]:80", None)),
        ("http://[::1]:80/shop.sqlite::orders", ("http://[::1]:80/shop.sqlite", "orders")),
        ("-", ("-", None)),
    ],
)
def test_a_part_is_named_behind_two_colons(source, parts):
    assert split_part(source) == parts


def test_paths_and_addresses_are_told_apart():
    assert is_web_address("HTTPS://example.org/a.csv")
    assert is_database_address("postgresql+psycopg://host/shop")
    assert not is_database_address("c://folder/a.csv")
    assert not is_web_address("http.csv")
