"""From typed columns to matrices that models learn from."""

from __future__ import annotations

from automl.features.encoders import ENCODING_NAMES, TRUSTED_TYPES, Encoder, make_encoder
from automl.features.matrix import EncodedMatrix

__all__ = ["ENCODING_NAMES", "TRUSTED_TYPES", "EncodedMatrix", "Encoder", "make_encoder"]
