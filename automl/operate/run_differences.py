"""What differed between two runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from automl.operate.run_log import Run

__all__ = ["Difference", "differences", "flattened"]


@dataclass(frozen=True)
class Difference:
    """A fact that is another in the second run; None where a run does not have it."""

    name: str
    first: Any
    second: Any


def differences(first: Run, second: Run) -> tuple[Difference, ...]:
    """Return every fact that differs, in the order in which runs are told; numbers of runs are not facts."""
    a, b = flattened(first), flattened(second)
    names = [name for name in dict.fromkeys((*a, *b)) if name != "id"]
    return tuple(Difference(name, a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name))


def flattened(run: Run) -> dict[str, Any]:
    """Return a run's facts under one name each: of a mapping those in it, as ``settings.metric``."""
    return dict(_flat("", run.to_dict()))


def _flat(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value
