"""The application: which address is answered by what, and what happens beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from automl.errors import AutomlError
from automl.serving.answers import to_json
from automl.serving.bodies import Bodies
from automl.serving.failing import Failsafe
from automl.serving.guarding import Guard
from automl.serving.handlers import Handlers
from automl.serving.hosting import Host
from automl.serving.media import JSON
from automl.serving.metering import Meter, Metered
from automl.serving.noticeboard import Noticeboard
from automl.serving.refusals import RefusedError, refusal_of, told_to
from automl.serving.settings import ServeSettings
from automl.serving.workroom import WorkRoom

__all__ = ["build_application"]

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_SECONDS = 1.0


def build_application(host: Host, settings: ServeSettings) -> Starlette:
    """Return the application that answers for the models of a host."""
    limits = settings.limits
    handlers = Handlers(
        host=host,
        room=WorkRoom(limits.threads, limits.waiting, limits.seconds),
        bodies=Bodies(limits),
        meter=Meter(),
        board=Noticeboard(settings.board, settings.worker),
        needs_token=bool(settings.tokens),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        looking = asyncio.create_task(_look_after(handlers))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.to_thread(handlers.room.close)

    return Starlette(
        routes=_routes(handlers),
        middleware=[
            Middleware(Metered, meter=handlers.meter),
            Middleware(Failsafe),
            Middleware(Guard, tokens=settings.tokens),
        ],
        exception_handlers={AutomlError: _refuse, HTTPException: _refuse_address},
        lifespan=lifespan,
    )


def _routes(handlers: Handlers) -> list[Route]:
    return [
        Route("/predict", handlers.predict, methods=["POST"]),
        Route("/models/{model}/predict", handlers.predict, methods=["POST"]),
        Route("/v2/models/{model}/infer", handlers.infer, methods=["POST"]),
        Route("/metadata", handlers.metadata),
        Route("/models", handlers.models),
        Route("/models/{model}/metadata", handlers.metadata),
        Route("/health/live", handlers.live),
        Route("/health/ready", handlers.ready),
        Route("/metrics", handlers.metrics),
        Route("/", handlers.page),
        Route("/docs", handlers.docs),
        Route("/openapi.json", handlers.openapi),
        Route("/assets/{name}", handlers.asset),
        Route("/v2", handlers.v2),
        Route("/v2/health/live", handlers.v2_live),
        Route("/v2/health/ready", handlers.v2_ready),
        Route("/v2/models/{model}", handlers.v2_model),
        Route("/v2/models/{model}/ready", handlers.v2_model_ready),
    ]


async def _look_after(handlers: Handlers) -> None:
    """See to replaced files and to the metrics that other processes tell, in a thread, until the end."""
    while True:
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        try:
            await asyncio.to_thread(handlers.host.look_after)
            if handlers.board.is_shared:
                own = handlers.meter.families()
                await asyncio.to_thread(handlers.leave_metrics, own)
        except Exception:  # noqa: BLE001 - whatever it was, the next look is not to be lost
            _LOG.exception("looking after the model files failed")


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, AutomlError)
    return _told(request, refusal_of(error))


async def _refuse_address(request: Request, error: Exception) -> Response:
    """Answer to an address that is not there, or not by this method."""
    assert isinstance(error, HTTPException)
    message = f"{request.method} {request.url.path[:200]}: {error.detail}."
    return _told(request, RefusedError(error.status_code, message, "See /docs.", headers=dict(error.headers or {})))


def _told(request: Request, refusal: RefusedError) -> Response:
    return Response(to_json(told_to(request.url.path, refusal)), refusal.status, refusal.headers, JSON)
