"""What is checked of the statistics of categories that stand behind a CatBoost model's trees.

They are tables of hashes: a category's hash leads to a position among the statistics. A place that no category took
ends the search for one, so that a table without such a place would be searched for ever.
"""

from __future__ import annotations

import struct

import numpy as np

from automl.models.flat_buffers import FlatTable, root_table

__all__ = ["check_base", "check_statistics"]

_BUCKET = np.dtype([("hash", "<u8"), ("position", "<u4")])
_FREE = np.iinfo(np.uint64).max
_COUNT_BYTES = 4
#: By CatBoost's numbers of kinds: counts of each class, means of the target, counts of rows.
_OF_CLASSES, _OF_MEANS, _OF_ROWS = (0, 1), (2, 3), (4, 5)
_MEAN_BYTES = 8
_MOST_CLASSES = 100_000


def check_base(base: FlatTable, categories: set[int], n_numbers: int) -> int:
    """Return of which kind statistics are, after making sure that they are of features that there are.

    Raises
    ------
    KeyError, ValueError
        If they are not.
    """
    combined, kind = base.table(0), base.number(1, "b", 0)
    sound = (
        set(combined.array(0, "<i4").tolist()) <= categories
        and all(0 <= index < n_numbers for index in combined.array(1, "<i4,<f4")["f0"].tolist())
        and set(combined.array(2, "<i4,<i4")["f0"].tolist()) <= categories
        and kind in (*_OF_CLASSES, *_OF_MEANS, *_OF_ROWS)
    )
    if not sound:
        raise ValueError("statistics of features that are not there")
    return kind


def check_statistics(content: bytes, wanted: list[FlatTable], categories: set[int], n_numbers: int) -> None:
    """Make sure that no category leads CatBoost out of the statistics, or into an endless search.

    Parameters
    ----------
    content : bytes
        What stands behind the trees.
    wanted : list of FlatTable
        What the features made of statistics say they need.
    categories : set of int
    n_numbers : int
        Features of each sort.

    Raises
    ------
    KeyError, ValueError
        If one could.
    """
    kinds = [check_base(each.table(0), categories, n_numbers) for each in wanted]
    borders = [each.number(1, "i", 0) for each, kind in zip(wanted, kinds, strict=True) if kind in _OF_CLASSES]
    classes = _MOST_CLASSES
    for table in _tables(content) if wanted or content else []:
        kind = check_base(table.table(0), categories, n_numbers)
        if kind in _OF_CLASSES:
            classes = min(classes, table.number(4, "i", 0))
        _check_table(table, kind)
    if not all(0 <= border < classes for border in borders):
        raise ValueError("statistics of a class that is not there")


def _tables(content: bytes) -> list[FlatTable]:
    def number(position: int) -> int:
        if position + _COUNT_BYTES > len(content):
            raise ValueError("statistics that end too early")
        return int(struct.unpack_from("<I", content, position)[0])

    found, position = [], _COUNT_BYTES
    for _ in range(number(0)):
        begin, size = position + _COUNT_BYTES, number(position)
        position = begin + size
        if position > len(content):
            raise ValueError("statistics that end too early")
        found.append(root_table(content[begin:position]))
    if position != len(content):
        raise ValueError("something stands behind the statistics")
    return found


def _check_table(table: FlatTable, kind: int) -> None:
    packed, content, classes = table.array(1, "u1"), table.array(2, "u1"), table.number(4, "i", 0)
    width = _MEAN_BYTES if kind in _OF_MEANS else _COUNT_BYTES * (classes if kind in _OF_CLASSES else 1)
    count = len(packed) // _BUCKET.itemsize
    if len(packed) % _BUCKET.itemsize or count & (count - 1) or not 0 < width <= _COUNT_BYTES * _MOST_CLASSES:
        raise ValueError("a table of hashes of another size")
    buckets = np.frombuffer(packed.tobytes(), _BUCKET)
    taken = buckets["position"][buckets["hash"] != _FREE].astype(np.int64)
    if len(taken) >= count or not ((taken + 1) * width <= len(content)).all():
        raise ValueError("a hash that leads nowhere, or a table without a free place")
