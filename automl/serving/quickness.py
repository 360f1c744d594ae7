"""Which requests are answered within a few milliseconds, so that they need no thread."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from automl.bundle.model import Model
from automl.serving.questions import Asker
from automl.tables import Table

__all__ = ["is_short", "seconds_of_row"]

#: A body of so many bytes brings a row of a wide table, or a dozen of a narrow one.
_SHORT_BODY = 8_192
#: That a row may take the event loop, which meanwhile takes nothing in.
_MOST_SECONDS = 0.005
_TRIALS = 3
_JSON = "application/json"


def seconds_of_row(model: Model, asker: Asker, golden: Table) -> float:
    """Return how long one row takes from the text of a request to its prediction, the shortest of a few times.

    All that is made when it is first needed is there from then on: the first to ask is not kept waiting for it.

    Parameters
    ----------
    model : Model
    asker : Asker
    golden : Table
        Rows that the model can predict.
    """
    row = json.dumps({"records": golden.cells.head(1).to_dict("records")}).encode()
    return min(_seconds(model, asker, row) for _ in range(_TRIALS))


def _seconds(model: Model, asker: Asker, body: bytes) -> float:
    begun = time.perf_counter()
    model.predict_typed(asker.question(body).typed)
    return time.perf_counter() - begun


def is_short(seconds: float, content_type: str, query: Mapping[str, str], body: bytes) -> bool:
    """Whether a request to a model that takes so many ``seconds`` for a row is one that a moment suffices for.

    Only JSON is: what reads other forms is made for many rows. Reasons take as long as many predictions.
    """
    return (
        seconds <= _MOST_SECONDS
        and len(body) <= _SHORT_BODY
        and content_type.partition(";")[0].strip().lower() == _JSON
        and "contributions" not in query
        and b"contributions" not in body
    )
