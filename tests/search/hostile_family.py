"""A model family that misbehaves in the way its module's name says; copied under that name by the fixtures."""

import ctypes
import os
import re
import sys

import numpy as np

from automl.models.family import Family, Integer

NAME = __name__.rpartition(".")[2]
SPACE = {"num_leaves": Integer(4, 160, default=31)} if NAME == "hostile_hungry" else {}
FAMILY = Family(NAME, NAME, __name__, requires=(), encodings=("none",), space=SPACE, gpu=NAME != "hostile_harmless")


class HostileModel:
    iterations = 0

    def __init__(self, n_classes):
        self.n_classes = n_classes
        self.resolved = {}

    def predict(self, values, iterations=None):
        rows, columns = len(values), self.n_classes
        if NAME == "hostile_rows":
            rows -= 1
        if NAME == "hostile_columns":
            columns += 1
        return np.full((rows, columns), np.nan if NAME == "hostile_nan" else 1 / columns)

    def predict_stages(self, values, stages):
        return [self.predict(values) for _ in stages]

    def save(self, path):
        if NAME == "hostile_save":
            raise OSError(28, "No space left on device")
        path.write_bytes(b"")


def load(content):
    if NAME == "hostile_load":
        return HostileModel(1)
    return HostileModel(2)


def fit(request):
    if NAME == "hostile_raises":
        raise ValueError("this table is not to my taste\nand this line is too much")
    if NAME == "hostile_processor" and request.device == "cpu":
        raise ValueError("this processor is not to my taste")
    if NAME == "hostile_memory" or (NAME == "hostile_hungry" and len(request.target) > 30):
        raise MemoryError
    if NAME == "hostile_exit":
        sys.exit(0)
    if NAME == "hostile_abort":
        os.abort()
    if NAME == "hostile_segfault":
        ctypes.string_at(0)
    if NAME == "hostile_c_loop":
        re.match("(a+)+$", "a" * 100 + "b")
    while NAME == "hostile_loop":
        pass
    return HostileModel(request.n_classes)
