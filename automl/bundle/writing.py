"""From the search's work folder to the model file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.bundle.archive import write_archive
from automl.bundle.blend import StoredBlend, StoredMember, StoredPart
from automl.bundle.reference import Reference
from automl.evaluation.postprocessing import Postprocessing
from automl.report.facts import ReportFacts
from automl.tables import Schema, Table

__all__ = ["BlendMember", "BlendPart", "golden_table", "write_model"]

_GOLDEN_ROWS = 20


@dataclass(frozen=True)
class BlendPart:
    """One fold's model of a blend member: files in the work folder, and the iterations it predicts with."""

    model: Path
    encoder: Path | None
    encoder_name: str
    iterations: int


@dataclass(frozen=True)
class BlendMember:
    """A candidate in the blend."""

    family: str
    weight: float
    suffix: str
    parts: tuple[BlendPart, ...]


def write_model(
    path: Path,
    manifest: Mapping[str, Any],
    facts: ReportFacts,
    schema: Schema,
    members: tuple[BlendMember, ...],
    columns: tuple[str, ...],
    golden: Table,
    expected: NDArray[np.float64],
    postprocessing: Postprocessing = Postprocessing(),  # noqa: B008 - frozen and empty
    sign: Callable[[bytes], Mapping[str, str]] | None = None,
    reference: Reference | None = None,
) -> None:
    """Write the model file.

    Parameters
    ----------
    columns : tuple of str
        The columns the members use: those that predict will insist on.
    golden : Table
        A few rows whose predictions must come back equal wherever the file is read.
    expected : ndarray of shape (n_rows,) or (n_rows, n_classes)
        What the members predicted for them as they were fitted.
    postprocessing : Postprocessing
        What is applied to predictions.
    sign : callable, optional
        As for :func:`~automl.bundle.archive.write_archive`.
    reference : Reference, optional
        What later rows are held against.
    """
    content: dict[str, bytes] = {
        "schema.json": _encode(schema.to_dict()),
        "facts.json": _encode(facts.to_dict()),
        "postprocessing.json": _encode(postprocessing.to_dict()),
    }
    for member in members:
        for part in member.parts:
            if part.encoder is not None and part.encoder_name not in content:
                content[part.encoder_name] = part.encoder.read_bytes()
    stored = tuple(_stored(number, member, content) for number, member in enumerate(members))
    content["blend.json"] = _encode(asdict(StoredBlend(len(schema.labels), stored, columns)))
    answers = postprocessing.calibrated(expected)
    content["golden.json"] = _encode({"cells": golden.cells.to_dict(orient="list"), "expected": answers.tolist()})
    if reference is not None:
        content["reference.json"] = _encode(reference.to_dict())
    write_archive(path, manifest, content, sign)


def _stored(number: int, member: BlendMember, content: dict[str, bytes]) -> StoredMember:
    """Add a member's models to the content of the file, and return its description."""
    models = []
    for fold, part in enumerate(member.parts):
        file = f"models/{number}-{fold}.{member.suffix}"
        content[file] = part.model.read_bytes()
        models.append(StoredPart(file, part.encoder_name if part.encoder else "", part.iterations))
    return StoredMember(member.family, member.weight, tuple(models))


def golden_table(table: Table, seed: int) -> Table:
    """Draw about twenty rows, each column on its own, so that no row is anybody's."""
    generator = np.random.default_rng(seed)
    cells = table.cells
    drawn = {
        name: cells[name].to_numpy()[generator.integers(0, len(cells), min(_GOLDEN_ROWS, len(cells)))]
        for name in cells.columns
    }
    return Table(pd.DataFrame(drawn), "golden rows", "")


def _encode(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8")
