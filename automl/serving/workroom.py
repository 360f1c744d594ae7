"""Where work is done: long pieces in a few threads, short ones in turn by the event loop; of each a bounded number."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from automl.serving.refusals import TOO_MANY, UNAVAILABLE, RefusedError

__all__ = ["WorkRoom"]

Answer = TypeVar("Answer")


class WorkRoom:
    """Does the work of requests.

    Parameters
    ----------
    threads : int
        For long pieces of work.
    waiting : int
        Long pieces that may wait for a thread, and likewise short ones for their turn.
    seconds : float
        That one may take, waiting included.
    """

    def __init__(self, threads: int, waiting: int, seconds: float) -> None:
        self._threads = ThreadPoolExecutor(threads, "predicting")
        self._most, self._most_in_turn = threads + waiting, 1 + waiting
        self._seconds = seconds
        self._lock = threading.Lock()
        self._inside = 0
        self._turn = asyncio.Lock()
        self._in_turn = 0

    async def do(self, work: Callable[[], Answer]) -> Answer:
        """Return what a piece of work returns that a thread does.

        Raises
        ------
        RefusedError
            If too much is waiting already, or it takes too long. Work that has begun then goes on to its end, and
            takes its thread until then.
        """
        with self._lock:
            _check(self._inside, self._most)
            self._inside += 1
        # What was given up stays in the queue until a thread comes to it; what it was about, such as a body, must not.
        held = [work]
        del work
        future = self._threads.submit(lambda: held.pop()())
        future.add_done_callback(self._leave)
        try:
            async with self._in_time():
                return await asyncio.wrap_future(future)
        finally:
            held.clear()

    async def do_in_turn(self, work: Callable[[], Answer]) -> Answer:
        """Return what a piece of work returns that takes a few milliseconds, and that the event loop does by itself.

        Python's threads do one thing at a time anyway; where they and the event loop take turns several times within
        such a piece, each takes up to twice as long. Between two pieces the loop looks after all that came meanwhile.

        Raises
        ------
        RefusedError
            If too much is waiting already, or its turn does not come in time.
        """
        _check(self._in_turn, self._most_in_turn)
        self._in_turn += 1
        try:
            async with self._in_time(), self._turn:
                await asyncio.sleep(0)
                return work()
        finally:
            self._in_turn -= 1

    def close(self) -> None:
        """Wait for what is being done, and do nothing more."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Refuse what takes too long."""
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except TimeoutError as error:
            raise RefusedError(
                UNAVAILABLE,
                f"The answer took longer than {self._seconds:g} s.",
                "Send fewer rows, or have the server started with a longer --timeout.",
                headers={"retry-after": "1"},
            ) from error

    def _leave(self, _future: Future[Answer]) -> None:
        with self._lock:
            self._inside -= 1


def _check(count: int, most: int) -> None:
    if count >= most:
        raise RefusedError(
            TOO_MANY, "Too many requests at once.", "Try again in a second.", headers={"retry-after": "1"}
        )
