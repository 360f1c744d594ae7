"""The pages of the server: one to try a model on, and the description of the interface for people.

The description is rendered here from the OpenAPI document. The usual viewers are scripts of more than a megabyte that
have to be kept current against their own holes, want inline styles, and would add a package for one page; who likes one
points it at ``/openapi.json``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader

from automl import __version__
from automl.serving.fields import fields_of
from automl.serving.hosting import Host, Served

__all__ = ["ASSETS", "PAGE_HEADERS", "Asset", "docs_page", "try_page"]

PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True)
class Asset:
    """A file that pages refer to, put together from files of packages."""

    media_type: str
    parts: tuple[tuple[str, str], ...]

    def content(self) -> bytes:
        """Return its bytes."""
        return b"\n".join(_content(package, name) for package, name in self.parts)


ASSETS = {
    "style.css": Asset("text/css", (("automl.report", "style.css"), ("automl.serving", "serving.css"))),
    "page.js": Asset("text/javascript", (("automl.serving", "page.js"),)),
}


def try_page(host: Host, served: Served) -> str:
    """Return the page with a form for a row of a model."""
    schema = served.model.schema
    return _render(
        "page.html.j2",
        model=served.name,
        names=host.names,
        target=schema.target,
        labels=schema.labels,
        fields=fields_of(served),
        estimate=served.manifest.get("estimate"),
        has_bounds=served.model.postprocessing.bounds is not None,
    )


def docs_page(interface: dict[str, Any], address: str) -> str:
    """Return the description of the interface as a page, with the address that it was asked at in its examples."""
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in interface["paths"].items()
        for method, operation in methods.items()
    ]
    return _render(
        "docs.html.j2",
        interface=interface,
        operations=operations,
        schemas=interface["components"]["schemas"],
        address=address,
    )


@cache
def _content(package: str, name: str) -> bytes:
    return (files(package) / "templates" / name).read_bytes()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("automl.serving"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)
    environment.globals["program_version"] = __version__
    return environment


def _render(name: str, **values: Any) -> str:
    return _environment().get_template(name).render(**values)
