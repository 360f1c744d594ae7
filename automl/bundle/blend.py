"""The description of the blend in a model file: which members, with what weight, from which of the file's parts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

__all__ = ["StoredBlend", "StoredMember", "StoredPart"]


@dataclass(frozen=True)
class StoredPart:
    """One fold's model: its file, its encoder's (empty where it needs none), and the iterations it predicts with."""

    file: str
    encoder: str
    iterations: int


@dataclass(frozen=True)
class StoredMember:
    """A candidate in the blend; its models share its weight."""

    family: str
    weight: float
    models: tuple[StoredPart, ...]


@dataclass(frozen=True)
class StoredBlend:
    """What ``blend.json`` holds.

    Attributes
    ----------
    n_classes : int
        0 for regression.
    members : tuple of StoredMember
    columns : tuple of str
        The columns that the members use.
    """

    n_classes: int
    members: tuple[StoredMember, ...]
    columns: tuple[str, ...]

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> StoredBlend:
        """Rebuild the description from JSON values.

        Raises
        ------
        KeyError, TypeError, ValueError
            If something is missing, of another type or out of range.
        """
        members = tuple(_member(member) for member in values["members"])
        if not members:
            raise ValueError("a blend without members")
        n_classes = _count(values["n_classes"])
        return cls(n_classes, members, tuple(_text(column) for column in values["columns"]))


def _member(values: dict[str, Any]) -> StoredMember:
    weight = float(values["weight"])
    models = tuple(
        StoredPart(_text(part["file"]), _text(part["encoder"]), _count(part["iterations"])) for part in values["models"]
    )
    if not math.isfinite(weight) or weight <= 0 or not models:
        raise ValueError("a member without weight or without models")
    return StoredMember(_text(values["family"]), weight, models)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is expected, not {value!r}")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"a count is expected, not {value!r}")
    return value
