"""Running what fits models: progress, the log of events, and signals that end it early."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from automl.cli.options import Common

if TYPE_CHECKING:
    from automl.events import Sink
    from automl.search.stop import StopToken
    from automl.workflow import FitResult

__all__ = ["carried_out"]


def carried_out(
    work: Callable[[Sink, float], FitResult],
    settle: Callable[[FitResult], None],
    common: Common,
    token: StopToken,
    log_file: str | None,
) -> tuple[FitResult, int | None]:
    """Do the work, and return what it left with the exit code of a signal that ended it early, None without one.

    Parameters
    ----------
    work : callable
        Takes a sink, and when the process began.
    settle : callable
        What is said and written down of the result; a second signal ends that, too.
    common : Common
    token : StopToken
        That the work looks at.
    log_file : str or None
        Where every event is written.

    Raises
    ------
    StoppedWithoutModelError
        If a signal came before there was any model.
    """
    from automl.cli.render.event_log import logged
    from automl.cli.render.progress import progress_sink
    from automl.cli.signals import StoppedWithoutModelError, exit_code_of_stop, stop_on_signals
    from automl.errors import NothingTrainedError
    from automl.search.deadline import process_start
    from automl.search.stop import StoppedEarlyError

    with stop_on_signals(token):
        with progress_sink(common) as shown, logged(shown, log_file) as sink:
            try:
                result = work(sink, process_start())
            except (NothingTrainedError, StoppedEarlyError) as error:
                code = exit_code_of_stop(token)
                if code is None:
                    raise
                raise StoppedWithoutModelError(code, "Nothing was trained yet.") from error
        settle(result)
        return result, exit_code_of_stop(token)
