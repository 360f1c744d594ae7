"""A line of the run log as a row of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.cli.render.numbers import NOTHING, duration, interval, score

if TYPE_CHECKING:
    from automl.operate.run_log import Run

__all__ = ["LIST_COLUMNS", "LIST_FIGURES", "list_row"]

LIST_COLUMNS = (
    "run",
    "started",
    "kind",
    "target",
    "metric",
    "score",
    "95 % interval",
    "rows",
    "took",
    "exit",
    "output",
)
LIST_FIGURES = ("run", "score", "rows", "took", "exit")


def list_row(run: Run) -> tuple[str, ...]:
    """Return what the list shows of a run, in the order of :data:`LIST_COLUMNS`."""
    return (
        str(run.id),
        run.started.removesuffix("+00:00").replace("T", " "),
        run.kind,
        run.target or NOTHING,
        run.metric or NOTHING,
        score(run.score),
        NOTHING if run.low is None else interval((run.low, run.high)),
        NOTHING if run.rows is None else f"{run.rows:,}",
        duration(run.seconds),
        str(run.exit_code),
        run.output or NOTHING,
    )
