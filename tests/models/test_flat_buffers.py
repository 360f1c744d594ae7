"""FlatBuffers are read with every offset checked."""

import struct

import pytest

from automl.models.flat_buffers import root_table

TABLE, FIELDS = 20, 4


def buffer(number=7, *, distance=8, count=3, fields=10, back=TABLE - FIELDS):
    """Return a table of a number, a field that is left out, and a list of int16."""
    head = struct.pack("<I", TABLE)
    places = struct.pack("<HHHHH", fields, 12, 4, 0, 8)
    table = struct.pack("<iiI", back, number, distance)
    return (head + places).ljust(TABLE, b"\0") + table + bytes(4) + struct.pack("<Ihhh", count, 1, -2, 3)


def test_numbers_and_lists_are_read():
    table = root_table(buffer())
    assert table.number(0, "i", 0) == 7
    assert table.array(2, "<i2").tolist() == [1, -2, 3]


def test_what_is_left_out_has_its_default():
    table = root_table(buffer())
    for field in (1, 3, 100):
        assert table.number(field, "i", -5) == -5
        assert table.array(field, "<i2").tolist() == []
        assert table.tables(field) == []
        with pytest.raises(KeyError):
            table.table(field)


def test_tables_in_a_table_are_found_where_their_distances_lead():
    content = bytearray(buffer())
    inner = len(content)
    content += struct.pack("<II", 1, 0) + buffer(number=9)
    struct.pack_into("<I", content, TABLE + 8, inner - TABLE - 8)
    struct.pack_into("<I", content, inner + 4, 4 + TABLE)
    (found,) = root_table(bytes(content)).tables(2)
    assert found.number(0, "i", 0) == 9
    struct.pack_into("<I", content, TABLE + 8, inner + 8 + TABLE - TABLE - 8)
    assert root_table(bytes(content)).table(2).number(0, "i", 0) == 9


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x00", "beyond the buffer"),
        (struct.pack("<I", 1_000), "beyond the buffer"),
        (buffer(back=1_000), "before the buffer"),
        (buffer(back=-1_000), "beyond the buffer"),
        (buffer(distance=1_000), "beyond the buffer"),
        (buffer(count=4), "a list beyond the buffer"),
        (buffer(count=2**32 - 1), "a list beyond the buffer"),
    ],
)
def test_an_offset_that_leads_out_of_the_buffer_is_refused(content, why):
    with pytest.raises(ValueError, match=why):
        root_table(content).array(2, "<i2")
