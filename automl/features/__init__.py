"""From typed columns to matrices that models learn from."""

from __future__ import annotations

from automl.features.encoders import ENCODING_NAMES, Encoder, make_encoder, useful_encodings
from automl.features.matrix import EncodedMatrix
from automl.features.relevance import MOST_COLUMNS, screened
from automl.features.storing import read_encoder, write_encoder

__all__ = [
    "ENCODING_NAMES",
    "MOST_COLUMNS",
    "EncodedMatrix",
    "Encoder",
    "make_encoder",
    "read_encoder",
    "screened",
    "useful_encodings",
    "write_encoder",
]
