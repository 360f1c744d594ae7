"""The answers to each address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from automl.serving.answers import answer, to_json
from automl.serving.bodies import Bodies
from automl.serving.description import describe_interface
from automl.serving.hosting import Host, Served
from automl.serving.inference import HEADER_LENGTH, Inference, infer, model_metadata, server_metadata
from automl.serving.media import JSON, question_of
from automl.serving.metadata import describe
from automl.serving.metering import Family, Meter
from automl.serving.noticeboard import Noticeboard
from automl.serving.pages import ASSETS, PAGE_HEADERS, docs_page, try_page
from automl.serving.quickness import is_short
from automl.serving.refusals import NOT_FOUND, WRONG_TYPE, RefusedError
from automl.serving.workroom import WorkRoom

__all__ = ["Handlers"]

_PLAIN = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Handlers:
    """What answers requests, and what the answers need.

    Attributes
    ----------
    host : Host
    room : WorkRoom
    bodies : Bodies
    meter : Meter
    board : Noticeboard
    needs_token : bool
    """

    host: Host
    room: WorkRoom
    bodies: Bodies
    meter: Meter
    board: Noticeboard
    needs_token: bool

    async def predict(self, request: Request) -> Response:
        """Predict the rows of a body."""
        served = self._served(request)
        _check_unpacked(request)
        content_type, query = request.headers.get("content-type", ""), dict(request.query_params)
        async with self.bodies.read(request) as body:
            do = self.room.do_in_turn if is_short(served.seconds_of_row, content_type, query, body) else self.room.do
            return _json(await do(partial(_predicted, served, content_type, query, body)))

    async def infer(self, request: Request) -> Response:
        """Predict the tensors of a body of the V2 protocol."""
        served = self._served(request)
        _check_unpacked(request)
        length = request.headers.get(HEADER_LENGTH, "")
        async with self.bodies.read(request) as body:
            do = self.room.do_in_turn if is_short(served.seconds_of_row, JSON, {}, body) else self.room.do
            found: Inference = await do(partial(infer, served, body, length))
        return Response(found.content, headers=found.headers)

    async def metadata(self, request: Request) -> Response:
        """Tell what a model predicts, and from what."""
        return _json(to_json(describe(self.host, self._served(request))))

    async def models(self, _request: Request) -> Response:
        """Tell the same of all models."""
        return _json(to_json({"models": [describe(self.host, self.host.model(name)) for name in self.host.names]}))

    async def live(self, _request: Request) -> Response:
        """Tell that the server runs."""
        return _json(to_json({"status": "live"}))

    async def ready(self, _request: Request) -> Response:
        """Tell that it answers, and of which models the newest file is refused."""
        refused = [name for name in self.host.names if self.host.refused(name)]
        return _json(to_json({"status": "ready", "models": list(self.host.names), "refused": refused}))

    async def metrics(self, _request: Request) -> Response:
        """Tell the metrics of all workers."""
        text = await asyncio.to_thread(self.board.exposition, list(self.meter.families()), self.model_families)
        return Response(text, media_type=_PLAIN)

    async def openapi(self, _request: Request) -> Response:
        """Give the description of the interface."""
        return _json(to_json(await asyncio.to_thread(self._interface)))

    async def docs(self, request: Request) -> Response:
        """Show the description of the interface."""
        address = str(request.base_url).rstrip("/")
        page = await asyncio.to_thread(lambda: docs_page(self._interface(), address))
        return Response(page, headers=PAGE_HEADERS, media_type="text/html")

    async def page(self, request: Request) -> Response:
        """Show the page to try a model on."""
        served = self.host.model(request.query_params.get("model"))
        page = await asyncio.to_thread(try_page, self.host, served)
        return Response(page, headers=PAGE_HEADERS, media_type="text/html")

    async def asset(self, request: Request) -> Response:
        """Give a style sheet or script of the pages."""
        name = request.path_params["name"]
        if name not in ASSETS:
            raise RefusedError(NOT_FOUND, "There is no such file.", "")
        asset = ASSETS[name]
        return Response(asset.content(), headers={"cache-control": "no-cache"}, media_type=asset.media_type)

    async def v2(self, _request: Request) -> Response:
        """Tell of the server, by the V2 protocol."""
        return _json(to_json(server_metadata()))

    async def v2_live(self, _request: Request) -> Response:
        """Tell that the server runs, by the V2 protocol."""
        return _json(to_json({"live": True}))

    async def v2_ready(self, _request: Request) -> Response:
        """Tell that the server answers, by the V2 protocol."""
        return _json(to_json({"ready": True}))

    async def v2_model(self, request: Request) -> Response:
        """Tell the tensors of a model."""
        return _json(to_json(model_metadata(self._served(request))))

    async def v2_model_ready(self, request: Request) -> Response:
        """Tell that a model answers."""
        return _json(to_json({"name": self._served(request).name, "ready": True}))

    def model_families(self) -> Iterator[Family]:
        """Yield the metrics of each model."""
        for name in self.host.names:
            yield from self.host.model(name).watch.families(name)

    def leave_metrics(self, own: list[Family]) -> None:
        """Leave the metrics for the other workers."""
        self.board.leave([*own, *self.model_families()])

    def _served(self, request: Request) -> Served:
        served = self.host.model(request.path_params.get("model"))
        request.state.model = served.name
        return served

    def _interface(self) -> dict[str, object]:
        return describe_interface(self.host, needs_token=self.needs_token)


def _predicted(served: Served, content_type: str, query: dict[str, str], body: bytes) -> bytes:
    return to_json(answer(served, question_of(served.asker, content_type, query, body)))


def _check_unpacked(request: Request) -> None:
    """Refuse a packed body: it could unpack to any size."""
    packed = request.headers.get("content-encoding", "identity")
    if packed.lower() != "identity":
        raise RefusedError(WRONG_TYPE, "A packed body is not read.", "Send it without Content-Encoding.")


def _json(content: bytes) -> Response:
    return Response(content, media_type=JSON)
