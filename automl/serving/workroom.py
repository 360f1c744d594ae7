"""The threads that predict: a few, with a queue of bounded length, so that the event loop is never kept waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from automl.serving.refusals import TOO_MANY, UNAVAILABLE, RefusedError

__all__ = ["WorkRoom"]

Answer = TypeVar("Answer")


class WorkRoom:
    """Does work in threads.

    Parameters
    ----------
    threads : int
    waiting : int
        Pieces of work that may wait for a thread.
    seconds : float
        That one may take, waiting included.
    """

    def __init__(self, threads: int, waiting: int, seconds: float) -> None:
        self._threads = ThreadPoolExecutor(threads, "predicting")
        self._most = threads + waiting
        self._seconds = seconds
        self._lock = threading.Lock()
        self._inside = 0

    @property
    def inside(self) -> int:
        """How much work is waiting or being done."""
        return self._inside

    async def do(self, work: Callable[[], Answer]) -> Answer:
        """Return what a piece of work returns.

        Raises
        ------
        RefusedError
            If too much is waiting already, or it takes too long. Work that has begun then goes on to its end, and
            takes its thread until then.
        """
        with self._lock:
            if self._inside >= self._most:
                raise RefusedError(
                    TOO_MANY, "Too many requests at once.", "Try again in a second.", headers={"retry-after": "1"}
                )
            self._inside += 1
        # What was given up stays in the queue until a thread comes to it; what it was about, such as a body, must not.
        held = [work]
        del work
        future = self._threads.submit(lambda: held.pop()())
        future.add_done_callback(self._leave)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            held.clear()
            raise RefusedError(
                UNAVAILABLE,
                f"The answer took longer than {self._seconds:g} s.",
                "Send fewer rows, or have the server started with a longer --timeout.",
                headers={"retry-after": "1"},
            ) from error

    def close(self) -> None:
        """Wait for what is being done, and do nothing more."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _leave(self, _future: Future[Answer]) -> None:
        with self._lock:
            self._inside -= 1
