"""What is counted of requests, and how it is told: the text format of Prometheus.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/, text-based format 0.0.4.
"""

from __future__ import annotations

import bisect
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from automl.serving.logs import ACCESS

__all__ = ["Family", "Meter", "Metered", "Sample", "exposition"]

_LOG = logging.getLogger(ACCESS)
_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SAFE = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
_UNFINISHED = 499


@dataclass(frozen=True)
class Sample:
    """One value of a family: the end of its name, such as ``_bucket``, and its labels."""

    value: float
    labels: dict[str, str]
    suffix: str = ""


@dataclass(frozen=True)
class Family:
    """Values of one name.

    Attributes
    ----------
    name : str
    kind : {"counter", "gauge", "histogram"}
    help : str
    samples : tuple of Sample
    """

    name: str
    kind: str
    help: str
    samples: tuple[Sample, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Family:
        """Rebuild it from what :meth:`to_dict` returned."""
        samples = tuple(Sample(each["value"], each["labels"], each["suffix"]) for each in values["samples"])
        return cls(values["name"], values["kind"], values["help"], samples)


class Meter:
    """Counts requests. One thread alone, that of the event loop, counts and asks."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()
        self.open = 0

    def count(self, endpoint: str, model: str, status: int, seconds: float) -> None:
        """Count one request that was answered."""
        self._requests[endpoint, model, status] += 1
        buckets = self._buckets.setdefault(endpoint, [0] * (len(_BOUNDS) + 1))
        buckets[bisect.bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[endpoint] += seconds  # type: ignore[assignment]

    def families(self) -> list[Family]:
        """Return what was counted."""
        requests = tuple(
            Sample(count, {"endpoint": endpoint, "model": model, "status": str(status)})
            for (endpoint, model, status), count in self._requests.items()
        )
        return [
            Family("automl_requests_total", "counter", "Requests answered.", requests),
            Family("automl_request_seconds", "histogram", "Time until the answer was sent.", tuple(self._histogram())),
            Family("automl_requests_open", "gauge", "Requests not answered yet.", (Sample(self.open, {}),)),
        ]

    def _histogram(self) -> Iterable[Sample]:
        for endpoint, buckets in self._buckets.items():
            labels, total = {"endpoint": endpoint}, 0
            for bound, count in zip((*map(str, _BOUNDS), "+Inf"), buckets, strict=True):
                total += count
                yield Sample(total, {**labels, "le": bound}, "_bucket")
            yield Sample(self._seconds[endpoint], labels, "_sum")
            yield Sample(total, labels, "_count")


class Metered:
    """Counts and logs each request to an application, and adds the headers that every answer has.

    Parameters
    ----------
    application : ASGI application
    meter : Meter
    """

    def __init__(self, application: ASGIApp, meter: Meter) -> None:
        self._application = application
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        begun, status = time.perf_counter(), _UNFINISHED

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        self._meter.open += 1
        try:
            await self._application(scope, receive, noting)
        finally:
            self._meter.open -= 1
            self._note(scope, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        endpoint = getattr(scope.get("endpoint"), "__name__", "")
        model = scope.get("state", {}).get("model", "")
        self._meter.count(endpoint, model, status, seconds)
        if _LOG.isEnabledFor(logging.INFO):
            facts = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "milliseconds": round(seconds * 1_000, 3),
                "client": (scope.get("client") or ("",))[0],
            }
            # As it came, so that no line break in it makes a line that was never written.
            path = quote(scope["path"])
            _LOG.info("%s %s %d %.1f ms", scope["method"], path, status, seconds * 1_000, extra={"facts": facts})


def exposition(families_by_worker: Mapping[str, Iterable[Family]]) -> str:
    """Return the metrics of all workers as text, with the worker as a label of each value."""
    found: dict[str, tuple[Family, list[str]]] = {}
    for worker, families in families_by_worker.items():
        for family in families:
            _, lines = found.setdefault(family.name, (family, []))
            lines.extend(
                f"{family.name}{sample.suffix}{_labels(sample.labels | {'worker': worker})} {sample.value:.17g}"
                for sample in family.samples
            )
    text = []
    for name, (family, lines) in found.items():
        text += [f"# HELP {name} {family.help}", f"# TYPE {name} {family.kind}", *lines]
    return "\n".join(text) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
