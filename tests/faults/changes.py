"""Ways to change the models and encoders inside a model file that keep to their formats: values are wrong, not bytes.

Each takes the bytes of one part and a source of random draws, and returns other bytes.
"""

import io
import json
import re
import struct

import numpy as np

from automl.models.binary_json import array_of, key, list_of, text
from automl.models.flat_buffers import root_table
from automl.models.universal_json import PackedArray, read_document

ODD_NUMBERS = (
    0,
    1,
    2,
    3,
    7,
    100,
    255,
    256,
    65_535,
    2**24,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**40,
    2**62,
    2**63 - 1,
    -1,
    -2,
)
ODD_FLOATS = (0.0, -0.0, float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 5e-324, 1e38)
ODD_TEXTS = (
    "",
    "-1",
    "nan",
    "1e999",
    "99999999999999999999",
    "../../etc/passwd",
    "%s%n",
    "x" * 5_000,
    "\x00",
    "gblinear",
)
#: Nodes of trees that are none: enough for a walk that comes twice to a node never to end.
CIRCLE_NODES, CHAIN_NODES = 60, 1_000_000


def odd_number(draw, old=0):
    """Return a number that stands out, or one near to the old one."""
    near = (old + 1, old - 1, -old, 2 * old, old // 2, ~old)
    return draw.choice((*ODD_NUMBERS, *near, *near))


def wrapped(number, bits, signed):
    """Return the number as so many bits hold it."""
    number &= 2**bits - 1
    return number - 2**bits if signed and number >> (bits - 1) else number


def element(draw, array):
    """Return an odd element for an array."""
    kind = array.dtype
    if kind.kind == "f":
        return draw.choice((*ODD_FLOATS, draw.uniform(-10, 10)))
    if kind.kind not in "iu":
        return draw.random() < 0.5
    old = int(array.flat[draw.randrange(array.size)]) if array.size else 0
    return wrapped(odd_number(draw, old), 8 * kind.itemsize, kind.kind == "i")


def changed_array(array, draw):
    """Return an array of which an element, the length, the shape or the kind is another."""
    way = draw.random()
    copy = array.copy()
    if way < 0.7 and copy.size:
        for _ in range(draw.choice((1, 1, 1, 3, 20))):
            copy.flat[draw.randrange(copy.size)] = element(draw, array)
        return copy
    if way < 0.8:
        return (
            np.resize(copy, (draw.choice((0, 1, max(len(copy) - 1, 0), len(copy) + 1, 2 * len(copy))), *copy.shape[1:]))
            if copy.ndim
            else copy.reshape(1)
        )
    if way < 0.85:
        return draw.choice((copy.reshape(-1), copy.reshape(-1, 1), copy.T, copy[None], np.array(0)))
    if way < 0.9 and copy.size:
        order = list(range(len(copy))) if copy.ndim else [0]
        draw.shuffle(order)
        return copy[order] if copy.ndim else copy
    return copy.astype(draw.choice(("<i4", "<i8", "<f4", "<f8", ">i4", ">f8", "u1", "?", "<U8", "<c16", "<M8[s]")))


# -- trees that are none


def circle(n_nodes):
    """Return the first children of nodes whose paths meet again and again: twice as many with every step."""
    left = np.full(n_nodes, -1)
    left[:-2] = np.arange(1, n_nodes - 1)
    return left, np.where(left < 0, -1, left + 1)


def chain(n_nodes):
    """Return the children of nodes of which every second is one further down than the last."""
    left = np.full(n_nodes // 2 * 2 + 1, -1)
    left[:-1:2] = np.arange(1, len(left), 2)
    return left, np.where(left < 0, -1, left + 1)


def no_tree(draw):
    """Return the children of the nodes of something that is no tree, or no sensible one."""
    return draw.choice((circle(CIRCLE_NODES), circle(CIRCLE_NODES), chain(draw.choice((10_000, CHAIN_NODES)))))


# -- arrays of NumPy's


def changed_npz(content, draw):
    """Change our own models: arrays in a zip."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if "left" in arrays and draw.random() < 0.03:
        arrays = with_no_tree(arrays, draw)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        name = draw.choice(sorted(arrays))
        if draw.random() < 0.04:
            del arrays[name]
            break
        try:
            arrays[name] = changed_array(arrays[name], draw)
        except (ValueError, TypeError, OverflowError):
            continue
    stream = io.BytesIO()
    draw.choice((np.savez, np.savez, np.savez, np.savez_compressed))(stream, **arrays)
    return stream.getvalue()


def with_no_tree(arrays, draw):
    """Return the arrays of trees with one tree alone, which is none."""
    nodes, leaves = len(arrays["left"]), int((arrays["left"] < 0).sum())
    left, _ = no_tree(draw)
    new = {nodes: len(left), leaves: int((left < 0).sum())}
    changed = {
        name: np.resize(array, (new[len(array)], *array.shape[1:])) if array.ndim and len(array) in new else array
        for name, array in arrays.items()
    }
    none = {name: np.empty(0, np.int32) for name in arrays if name.startswith("category_")}
    return {**changed, "left": left.astype(np.int32), "counts": np.array([len(left)], np.int32), **none}


# -- XGBoost


def changed_ubjson(content, draw):
    """Change a model of XGBoost's: one value somewhere in its document."""
    document = read_document(content, {})
    if draw.random() < 0.03:
        trees = document["learner"]["gradient_booster"]["model"]["trees"]
        number = draw.randrange(len(trees))
        trees[number] = tree_of_none(trees[number], *no_tree(draw))
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        document = changed_value(document, draw)
    return packed(document)


def tree_of_none(tree, left, right):
    """Return a tree with other children, and all else of the same length."""
    size = len(left)
    parents = np.full(size, 2**31 - 1)
    for child in (left, right):
        inner = np.flatnonzero(child >= 0)
        parents[child[inner]] = inner
    changed = dict(tree)
    for name, value in tree.items():
        if isinstance(value, PackedArray) and not name.startswith("categories"):
            width = len(value.content) // max(value.count, 1)
            changed[name] = PackedArray(
                (value.content * (size // max(value.count, 1) + 1))[: size * width], value.kind, size
            )
    for name, numbers in (("left_children", left), ("right_children", right), ("parents", parents)):
        changed[name] = PackedArray(numbers.astype(">i4").tobytes(), ord("l"), size)
    changed["split_type"] = PackedArray(bytes(size), ord("U"), size)
    for name in ("categories", "categories_nodes", "categories_segments", "categories_sizes"):
        changed[name] = PackedArray(b"", tree[name].kind, 0)
    changed["tree_param"] = {**tree["tree_param"], "num_nodes": str(size)}
    return changed


TYPES = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4"}


def changed_value(value, draw):
    """Return a value of a document of which one thing, somewhere inside, is another."""
    if isinstance(value, dict) and value and draw.random() < 0.97:
        name = draw.choice(sorted(value))
        return {**value, name: changed_value(value[name], draw)}
    if isinstance(value, dict):
        return {name: value[name] for name in list(value)[1:]}
    if isinstance(value, list) and value and draw.random() < 0.9:
        place = draw.randrange(len(value))
        return [*value[:place], changed_value(value[place], draw), *value[place + 1 :]]
    if isinstance(value, list):
        return draw.choice((value[:-1], value + value[-1:], value[::-1], []))
    if isinstance(value, PackedArray):
        array = np.frombuffer(value.content, TYPES[chr(value.kind)])
        if draw.random() < 0.85 and len(array):
            array = array.copy()
            array[draw.randrange(len(array))] = element(draw, array)
        else:
            array = np.resize(array, draw.choice((0, max(len(array) - 1, 0), len(array) + 1)))
        return PackedArray(array.tobytes(), value.kind, len(array))
    if isinstance(value, str):
        number = int(value) if re.fullmatch(r"-?\d{1,18}", value) else 0
        return draw.choice((*ODD_TEXTS, *(str(odd_number(draw, number)) for _ in ODD_TEXTS)))
    return not value if isinstance(value, bool) else wrapped(odd_number(draw, int(value)), 64, True)


def packed(value):
    """Return a value as Universal Binary JSON."""
    match value:
        case dict():
            return b"{" + b"".join(key(name) + packed(each) for name, each in value.items()) + b"}"
        case list():
            return list_of([packed(each) for each in value])
        case PackedArray():
            return array_of(bytes([value.kind]), value.content, value.count)
        case str():
            # Lengths are of bytes.
            return text(value) if value.isascii() else text("?")
        case bool():
            return b"T" if value else b"F"
        case int():
            # As XGBoost does: in as few bytes as hold more than it.
            kind = next((each for each in "iIl" if abs(value) < np.iinfo(TYPES[each]).max), "L")
            return kind.encode() + np.array(value, TYPES[kind]).tobytes()
    return b"d" + struct.pack(">f", value)


# -- LightGBM's text


def changed_text(content, draw):
    """Change a model in LightGBM's own text: numbers, lines, or whole trees."""
    text_ = content.decode()
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        way = draw.random()
        if way < 0.7:
            found = list(re.finditer(r"-?\d+(\.\d+)?(e[-+]?\d+)?", text_))
            chosen = draw.choice(found)
            old = int(chosen[0]) if re.fullmatch(r"-?\d+", chosen[0]) else 0
            new = draw.choice((str(odd_number(draw, old)), str(odd_number(draw, old)), *map(str, ODD_FLOATS), ""))
            text_ = text_[: chosen.start()] + new + text_[chosen.end() :]
            continue
        mark = "\n" if way < 0.9 else "\n\n"
        parts = text_.split(mark)
        place = draw.randrange(1, len(parts))
        parts[place : place + 1] = draw.choice(([], [parts[place]] * 2, [parts[place][: len(parts[place]) // 2]]))
        text_ = mark.join(parts)
    return text_.encode()


# -- CatBoost

#: The lists of numbers of the tables, by CatBoost's numbers of fields.
UNREADABLE = (IndexError, KeyError, OverflowError, TypeError, ValueError, struct.error)
_TREES = {1: "<i4", 2: "<i4", 3: "<i4", 8: "<f8", 9: "<f8", 10: "<u4", 11: "<u4", 17: "<u4", 15: "<f8", 16: "<f8"}
_SUBTABLES = {4: {}, 5: {3: "<f4"}, 6: {1: "<i4"}, 7: {1: "<f4"}, 12: {}, 13: {}, 18: {}}
_HASHES = {1: "u1", 2: "u1"}
_COMBINATION = {0: "<i4", 1: "<i4,<f4", 2: "<i4,<i4"}


def changed_catboost(content, draw):
    """Change a model of CatBoost's: its trees, its features or its statistics of categories."""
    (size,) = struct.unpack_from("<I", content, 4)
    core, rest = bytearray(content[8 : 8 + size]), content[8 + size :]
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        if rest and draw.random() < 0.4:
            rest = changed_statistics(rest, draw)
        else:
            core = changed_core(core, draw)
    return content[:4] + struct.pack("<I", len(core)) + bytes(core) + rest


def changed_core(core, draw):
    """Change one number, list or place of a list in the tables."""
    trees = root_table(bytes(core)).table(1)
    try:
        below = [(each, lists) for field, lists in _SUBTABLES.items() for each in trees.tables(field)]
    except UNREADABLE:
        return core
    table, lists = draw.choice(below) if below and draw.random() < 0.4 else (trees, _TREES)
    return changed_table(core, table, lists, draw)


def changed_table(buffer, table, lists, draw):
    """Change one field of a table, whose lists of numbers are known."""
    try:
        places = table.position - struct.unpack_from("<i", buffer, table.position)[0]
        field = draw.randrange((struct.unpack_from("<H", buffer, places)[0] - 4) // 2)
        if draw.random() < 0.05:
            struct.pack_into("<H", buffer, places + 4 + 2 * field, draw.randrange(2**16))
            return buffer
        place = place_of(buffer, table, field)
        if place == table.position:
            return buffer
        if field in lists and draw.random() < 0.9:
            return with_list(buffer, place, changed_array(table.array(field, lists[field]), draw))
        (old,) = struct.unpack_from("<i", buffer, place)
        struct.pack_into("<i", buffer, place, wrapped(odd_number(draw, old), 32, True))
    except UNREADABLE:
        # An earlier change has left nothing to go by.
        return buffer
    return buffer


def place_of(buffer, table, field):
    """Return where a field of a table stands: at the table's own position where it is left out."""
    places = table.position - struct.unpack_from("<i", buffer, table.position)[0]
    return table.position + struct.unpack_from("<H", buffer, places + 4 + 2 * field)[0]


def with_list(buffer, place, array):
    """Put another list at the end of a buffer, and let a field lead there."""
    end = len(buffer) + -len(buffer) % 8 + 4
    struct.pack_into("<I", buffer, place, end - place)
    return buffer + bytes(end - len(buffer)) + struct.pack("<I", len(array)) + array.tobytes()


def changed_statistics(rest, draw):
    """Change one table of what stands behind the trees, or how many there are."""
    (count,) = struct.unpack_from("<I", rest)
    parts, position = [], 4
    for _ in range(count):
        if position + 4 > len(rest):
            return rest
        (size,) = struct.unpack_from("<I", rest, position)
        parts.append(bytearray(rest[position + 4 : position + 4 + size]))
        position += 4 + size
    if not parts:
        return rest
    way, number = draw.random(), draw.randrange(len(parts))
    if way < 0.05:
        parts.pop(number)
    elif way < 0.1:
        parts.append(parts[number])
    elif way < 0.15:
        return struct.pack("<I", wrapped(odd_number(draw, count), 32, False)) + rest[4:]
    else:
        parts[number] = changed_hashes(parts[number], draw)
    return struct.pack("<I", len(parts)) + b"".join(struct.pack("<I", len(part)) + part for part in parts)


def changed_hashes(part, draw):
    """Change one table of hashes: what leads where, what it is about, or the counts."""
    try:
        table = root_table(bytes(part))
        way = draw.random()
        if way < 0.5:
            return with_list(part, place_of(part, table, 1), changed_buckets(table.array(1, "u1"), draw))
        if way < 0.7:
            base = table.table(0)
            return changed_table(part, draw.choice((base, base.table(0))), _COMBINATION, draw)
        return changed_table(part, table, _HASHES, draw)
    except UNREADABLE:
        return part


def changed_buckets(raw, draw):
    """Return a table of hashes in which some lead elsewhere."""
    buckets = raw[: len(raw) // 12 * 12].copy().view("<u8,<u4")
    name = draw.choice(("f0", "f1"))
    for _ in range(draw.choice((1, 3, len(buckets)))):
        number = draw.randrange(len(buckets))
        buckets[name][number] = draw.choice((element(draw, buckets[name]), buckets[name][draw.randrange(len(buckets))]))
    return buckets.view("u1")


# -- our encoders


def changed_encoder(content, draw):
    """Change one value or array of an encoder's description, or bytes of its arrays."""
    end = 8 + int.from_bytes(content[:8], "little")
    structure, arrays = json.loads(content[8:end]), bytearray(content[end:])
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        if arrays and draw.random() < 0.2:
            arrays[draw.randrange(len(arrays))] = draw.randrange(256)
        else:
            structure = changed_json(structure, draw)
    stated = json.dumps(structure).encode()
    return len(stated).to_bytes(8, "little") + stated + bytes(arrays)


def changed_json(value, draw):
    """Return a JSON value of which one thing, somewhere inside, is another."""
    if isinstance(value, dict) and value and draw.random() < 0.97:
        name = draw.choice(list(value))
        return {**value, name: changed_json(value[name], draw)}
    if isinstance(value, list) and value and draw.random() < 0.93:
        place = draw.randrange(len(value))
        return [*value[:place], changed_json(value[place], draw), *value[place + 1 :]]
    if isinstance(value, list):
        return draw.choice((value[:-1], value + value[-1:], value[::-1], value * 2, []))
    if isinstance(value, int) and not isinstance(value, bool):
        return odd_number(draw, value)
    return draw.choice((None, True, -1, 2**31, 1.5, float("nan"), *ODD_TEXTS, [], {}, {"list": []}, {"dict": {}}))


CHANGES = {
    "npz": changed_npz,
    "ubj": changed_ubjson,
    "cbm": changed_catboost,
    "lgb.txt": changed_text,
    "bin": changed_encoder,
}


def change_of(name):
    """Return what changes the part of this name."""
    return CHANGES[name.rpartition("/")[2].partition(".")[2]]
