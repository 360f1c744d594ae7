"""What ``fit --dry-run`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.cli.options import Common
from automl.cli.render.findings import print_findings
from automl.cli.render.numbers import duration
from automl.cli.render.tables import print_pairs
from automl.inputs import said_name

if TYPE_CHECKING:
    from automl.settings import FitSettings

__all__ = ["print_plan"]


def print_plan(plan: Mapping[str, Any], settings: FitSettings, common: Common) -> None:
    """Print the plan and what was found in the data."""
    budget = None if settings.time_budget is None else duration(settings.time_budget)
    useful = plan.get("suggested_budget_seconds")
    print_pairs(
        f"Plan for {said_name(settings.data)} (nothing was trained)",
        [
            ("target", settings.target),
            ("task", plan["task"]),
            ("metric", plan["metric"]),
            ("rows", f"{plan['rows']:,}"),
            ("features", len(plan["columns"])),
            ("folds", plan["folds"]),
            ("families", ", ".join(plan["families"])),
            ("time budget", budget),
            ("trials", settings.trials),
            ("useful budget", None if useful is None else f"about {duration(useful)}"),
            ("output", settings.output),
        ],
    )
    print_findings(plan["findings"], common)
