"""Universal Binary JSON is read as XGBoost writes it, and refused where a length, a kind or an end is not right."""

import numpy as np
import pytest

from automl.models.binary_json import array_head, array_of, key, length, list_of, object_of, text
from automl.models.universal_json import PackedArray, read_document


def test_what_xgboost_may_write_is_read():
    packed = np.array([3, -4], dtype=">i4").tobytes()
    numbers = [
        b"i\xff",
        b"U\xff",
        b"I\x01\x00",
        b"l\x00\x01\x00\x00",
        b"L" + (2**40).to_bytes(8, "big"),
        b"d\x3f\x80\x00\x00",
    ]
    document = object_of(
        yes=b"T",
        no=b"F",
        name=text("gbtree"),
        numbers=list_of(numbers),
        inner=object_of(),
        trees=array_of(b"l", packed, 2),
    )
    assert read_document(document, {}) == {
        "yes": True,
        "no": False,
        "name": "gbtree",
        "numbers": [-1, 255, 256, 65_536, 2**40, 1.0],
        "inner": {},
        "trees": PackedArray(packed, ord("l"), 2),
    }


def test_the_value_of_a_key_is_read_by_its_own_reader():
    document = object_of(first=text("x"), trees=b"???", last=b"T")
    read = read_document(
        document, {"trees": lambda content, position: (content[position : position + 3], position + 3)}
    )
    assert read == {"first": "x", "trees": b"???", "last": True}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "ends too early"),
        (b"{", "ends too early"),
        (b"l\x00", "ends too early"),
        (b"Z", "holds what is not known"),
        (b"{}{}", "something follows the document"),
        (b"[T", "a list of unknown length"),
        (b"[$lT", "an array of unknown length"),
        (b"[$Z#" + length(1), "holds what is not known"),
        (array_head(b"l") + length(5) + bytes(3), "an array beyond the document"),
        (b"S" + length(10) + b"short", "a text beyond the document"),
        (b"S" + length(1_000) + b"short", "a length beyond the document"),
        (b"S" + length(-1), "a length beyond the document"),
        (b"Si\x05short", "a length of another type"),
        (b"{" + key("a") + b"T" + key("a") + b"F}", "a key that stands twice"),
        (b"[#" + length(3) + b"TF", "ends too early"),
    ],
)
def test_a_document_that_is_none_is_refused(document, why):
    with pytest.raises(ValueError, match=why):
        read_document(document, {})
