"""Bytes changed at random, by a seed."""

from __future__ import annotations

import random

__all__ = ["mutated"]

PIECES = (
    b'"',
    b",",
    b";",
    b"\t",
    b"|",
    b"\n",
    b"\r",
    b"'",
    b"\\",
    b"\0",
    b'""',
    b'"\n"',
    b",,,,",
    b"\xff\xfe",
    b"\x1b[31m",
)


def mutated(content: bytes, seed: int) -> bytes:
    """Return a file with a few bytes put in, changed, left out or doubled."""
    r = random.Random(seed)
    changed = bytearray(content)
    for _ in range(r.choice([1, 3, 10])):
        at = r.randrange(len(changed) + 1)
        kind = r.randrange(4)
        if kind == 0:
            changed[at:at] = r.choice(PIECES)
        elif kind == 1:
            changed[at : at + 1] = bytes([r.randrange(256)])
        elif kind == 2:
            del changed[at : at + r.randrange(1, 40)]
        else:
            start = r.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + 100]
    return bytes(changed)
