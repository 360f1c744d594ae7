"""A model as one Python script that needs nothing but the standard library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from automl.export.checking import check
from automl.export.deriving import derive
from automl.export.formula import described
from automl.export.gathering import gathered

if TYPE_CHECKING:
    from automl.bundle.model import Model
    from automl.tables import Table

__all__ = ["script_of"]

_HEAD = '''\
"""Scores rows of a table. Needs Python 3.11 or newer and no library. Written by automl export.

    python THIS_FILE rows.csv --output scores.csv
    python THIS_FILE rows.csv --proba

Or from another program, where each row maps names of columns to the texts of cells:

    from THIS_FILE import predict
    predict([{"age": "41", "plan": "basic"}])
"""

from __future__ import annotations

'''

_TAIL = '''\
_FORMULA = formula_in(_DOCUMENT)


def predict(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, float | str]]:
    """Return the prediction of each row, and for labels the probability of each."""
    return list(scored(_FORMULA, rows))


if __name__ == "__main__":
    raise SystemExit(main(_FORMULA, sys.argv[1:]))
'''

_WIDTH = 110
#: More would make a script of several megabytes, slower to read than to run.
_MOST_NUMBERS = 500_000


def script_of(model: Model, golden: Table) -> str:
    """Return the text of a script that predicts what the model does.

    Parameters
    ----------
    model : Model
    golden : Table
        The rows that the model file was tried on.

    Raises
    ------
    UsageError
        If a part of the model cannot be written so.
    """
    formula = derive(model, "a script", _MOST_NUMBERS)
    check(formula, model, golden)
    return f"{_HEAD}{gathered('automl.export.program')}\n{_document(json.dumps(described(formula)))}\n\n{_TAIL}"


def _document(text: str) -> str:
    """Return an assignment of a text, which is ASCII, in lines of moderate length."""
    lines = (repr(text[start : start + _WIDTH]) for start in range(0, len(text), _WIDTH))
    return "_DOCUMENT = (\n" + "\n".join(f"    {line}" for line in lines) + "\n)"
