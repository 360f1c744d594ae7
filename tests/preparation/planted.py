"""Clean tables of several shapes, and every problem that can be planted into them."""

import numpy as np
import pandas as pd

SHAPES = ("binary", "imbalanced", "multiclass", "regression", "skewed", "small", "wide", "dated")
SENTENCE = "quick brown fox jumps over lazy dog while seven wizards mix cold tea under old oak near river bank"
WORDS = SENTENCE.split()


def clean_columns(shape, seed):
    """Return the columns of a table in which nothing is wrong; ``y`` depends on some of them, with noise."""
    random = np.random.default_rng([seed, SHAPES.index(shape)])
    rows = {"small": 150, "wide": 400, "imbalanced": 2_000}.get(shape, 800)
    strength = random.normal(size=rows)
    columns = {
        "height": (170 + 10 * random.normal(size=rows) + 3 * strength).round(1),
        "income": random.lognormal(8, 0.8, rows).round(2),
        "visits": random.poisson(3 + (strength > 0), rows),
        "age": random.integers(18, 90, rows),
        "score": np.where(random.random(rows) < 0.6, 0, random.exponential(10, rows)).round(2),
        "colour": random.choice(["red", "green", "blue", "black"], rows, p=[0.5, 0.3, 0.15, 0.05]),
        "region": random.choice(["north", "south", "east", "west"], rows),
        "member": np.where(strength + random.normal(size=rows) > 0, "yes", "no"),
        "grade": random.choice(["A", "B", "C"], rows),
    }
    noise = random.normal(size=rows)
    signal = strength + 0.02 * (columns["age"] - 50) + noise
    if shape == "wide":
        columns |= {f"sensor_{number}": random.normal(size=rows).round(4) for number in range(40)}
    if shape == "dated":
        start = np.datetime64("2021-01-01T00:00:00")
        columns["opened"] = np.datetime_as_string(
            start + random.integers(0, 86_400 * 900, rows).astype("timedelta64[s]")
        )
        columns["note"] = [" ".join(random.choice(WORDS, random.integers(4, 12))) for _ in range(rows)]
        columns["owner_city"] = random.choice(
            [f"{a}{b}" for a in ("Old", "New", "Port") for b in ("ham", "ton", "burg", "dale")], rows
        )
    gaps = random.random(rows) < 0.1
    columns["income"] = np.where(gaps, np.nan, columns["income"])
    return {**columns, "y": _target(shape, signal, random)}


def _target(shape, signal, random):
    if shape in ("regression", "skewed"):
        return (100 + 20 * signal).round(2) if shape == "regression" else np.exp(signal).round(4)
    if shape == "multiclass":
        return np.array(["low risk", "watch", "alarm"])[np.digitize(signal, [-0.7, 0.9])]
    return np.where(signal > (3 if shape == "imbalanced" else 0.2), "yes", "no")


def _is_class(columns):
    return isinstance(columns["y"][0], str)


def _labels(columns):
    return np.asarray(columns["y"])


def _some(columns, random, share):
    return random.random(len(columns["y"])) < share


def leak_copy(columns, random):
    return {**columns, "outcome": np.where(_some(columns, random, 0.02), "", _labels(columns).astype(str))}


def leak_one_column(columns, random):
    if not _is_class(columns):
        return {
            **columns,
            "final": (columns["y"] * 3 + random.normal(size=len(columns["y"])) * 0.02 * columns["y"].std()).round(5),
        }
    codes = pd.factorize(_labels(columns))[0].astype(float)
    wrong = _some(columns, random, 0.003)
    return {**columns, "final": np.where(wrong, 5, codes * 10 + random.uniform(0, 9, len(codes))).round(3)}


def leak_missing(columns, random):
    rarest = pd.Series(_labels(columns)).value_counts().index[-1]
    return {
        **columns,
        "closed_by": np.where(_labels(columns) == rarest, random.choice(["Ann", "Bob"], len(columns["y"])), ""),
    }


def leak_after_event(columns, random):
    rarest = pd.Series(_labels(columns)).value_counts().index[-1]
    filled = (_labels(columns) == rarest) & _some(columns, random, 0.7)
    return {**columns, "call_minutes": np.where(filled, random.integers(1, 60, len(filled)).astype(str), "")}


def leak_function(columns, random):
    if random.random() < 0.5:
        part = (columns["y"] * random.uniform(0.2, 0.8, len(columns["y"]))).round(2)
        return {**columns, "first_part": part, "second_part": (columns["y"] - part).round(4)}
    bands = np.digitize(columns["y"], np.quantile(columns["y"], [0.3, 0.7]))
    return {**columns, "band": np.array(["cheap", "usual", "dear"])[bands]}


def label_noise(columns, random):
    codes = np.tile([0.0, 1.0], len(columns["y"]))[: len(columns["y"])]
    clear = {
        f"m{number}": (6 * codes * (-1) ** number + random.normal(size=len(codes))).round(3) for number in range(6)
    }
    flipped = np.where(_some(columns, random, 0.04), 1 - codes, codes)
    order = random.permutation(len(codes))
    kept = {name: np.asarray(values)[order] for name, values in clear.items()}
    return {**kept, "region": columns["region"], "y": np.where(flipped == 1, "yes", "no")[order]}


def conflicting_labels(columns, random):
    picked = random.choice(len(columns["y"]), 12, replace=False)
    repeated = {name: np.concatenate([values, np.asarray(values)[picked]]) for name, values in columns.items()}
    labels = pd.unique(_labels(columns))
    following = dict(zip(labels, np.roll(labels, 1), strict=True))
    repeated["y"][-12:] = [following[label] for label in _labels(columns)[picked]]
    return repeated


def class_imbalance(columns, random):
    return {**columns, "y": np.where(_some(columns, random, 0.02), "fraud", "fine")}


def rare_class(columns, random):
    labels = _labels(columns).astype("U20")
    labels[random.integers(len(labels))] = "odd one"
    return {**columns, "y": labels}


def groups(columns, random):
    names = random.integers(0, len(columns["y"]) // 6, len(columns["y"]))
    born = random.integers(1930, 2010, names.max() + 1)
    sex = random.choice(["f", "m"], names.max() + 1)
    return {**columns, "patient_id": [f"P{name:05d}" for name in names], "born": born[names], "sex": sex[names]}


def time_order(columns, random):
    days = np.datetime64("2022-01-01") + np.sort(random.integers(0, 700, len(columns["y"]))).astype("timedelta64[D]")
    return {**columns, "sold_on": days.astype(str)}


def personal_data(columns, random):
    rows = len(columns["y"])
    kind = random.integers(3)
    if kind == 0:
        return {**columns, "contact": [f"{random.choice(WORDS)}{row}@example.org" for row in range(rows)]}
    if kind == 1:
        return {**columns, "call": [f"+44 20 {number}" for number in random.integers(10**7, 10**8, rows)]}
    return {**columns, "payment": [_card(random) for _ in range(rows)]}


def _card(random):
    digits = [4, *random.integers(0, 10, 14)]
    total = sum(sum(divmod(int(digit) * (2 - position % 2), 10)) for position, digit in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def constant_in_class(columns, random):
    commonest = pd.Series(_labels(columns)).value_counts().index[0]
    others = random.choice(["web", "shop", "phone"], len(columns["y"]))
    return {**columns, "channel": np.where(_labels(columns) == commonest, "web", others)}


def spelling(columns, random):
    states = random.choice(["New York", "Texas", "Ohio"], len(columns["y"])).astype("U20")
    return {**columns, "state": np.where(_some(columns, random, 0.1) & (states == "New York"), "new-york", states)}


def slips(columns, random):
    states = random.choice(["California", "Washington", "Minnesota"], len(columns["y"]))
    slipped = np.zeros(len(states), dtype=bool)
    slipped[np.flatnonzero(states == "California")[:1]] = True
    return {**columns, "state": np.where(slipped, "Califronia", states)}


def mixed_units(columns, random):
    grams = random.lognormal(6, 0.5, len(columns["y"]))
    in_kilos = _some(columns, random, 0.3)
    return {
        **columns,
        "weight": [
            f"{each / 1000:.3f} kg" if kilos else f"{each:.0f} g" for each, kilos in zip(grams, in_kilos, strict=True)
        ],
    }


def sentinels(columns, random):
    sentinel = random.choice([-999, -9999, 9999])
    return {**columns, "age": np.where(_some(columns, random, 0.05), sentinel, columns["age"])}


def impossible_dates(columns, random):
    days = (np.datetime64("2022-01-01") + random.integers(0, 700, len(columns["y"])).astype("timedelta64[D]")).astype(
        str
    )
    return {**columns, "shipped": np.where(_some(columns, random, 0.02), "2022-02-31", days)}


def truncated(columns, random):
    return {**columns, "remark": [" ".join(random.choice(WORDS, random.integers(3, 30)))[:80] for _ in columns["y"]]}


def row_order(columns, random):
    order = np.argsort(_labels(columns), kind="stable")
    return {name: np.asarray(values)[order] for name, values in columns.items()}


def near_duplicates(columns, random):
    picked = random.choice(len(columns["y"]), max(8, len(columns["y"]) // 50), replace=False)
    again = {name: np.concatenate([values, np.asarray(values)[picked]]) for name, values in columns.items()}
    again["height"] = again["height"].copy()
    again["height"][-len(picked) :] += 0.1
    return again


def duplicates(columns, random):
    picked = random.choice(len(columns["y"]), 20, replace=False)
    return {name: np.concatenate([values, np.asarray(values)[picked]]) for name, values in columns.items()}


def drift(columns, random):
    late = np.linspace(0, 1, len(columns["y"])) > 0.55
    return {**columns, "income": columns["income"] * np.where(late, 3, 1)}


def correlated(columns, random):
    return {**columns, "height_inch": (columns["height"] / 2.54).round(4)}


def copied_column(columns, random):
    return {**columns, "height_again": columns["height"]}


def identifier(columns, random):
    return {**columns, "record": [f"REC-{number}" for number in random.permutation(len(columns["y"])) + 1000]}


def empty(columns, random):
    return {**columns, "fax": [""] * len(columns["y"])}


def constant(columns, random):
    return {**columns, "currency": ["EUR"] * len(columns["y"])}


def many_missing(columns, random):
    return {**columns, "score": np.where(_some(columns, random, 0.7), np.nan, columns["score"])}


def many_levels(columns, random):
    streets = [f"{random.choice(WORDS)} street {number % 170}" for number in range(len(columns["y"]))]
    return {**columns, "street": [street.replace(" ", "_") for street in streets]}


def junk(columns, random):
    return {**columns, "height": np.where(_some(columns, random, 0.03), "tall", columns["height"].astype(str))}


def mixed_types(columns, random):
    return {
        **columns,
        "height": [f"room {row % 50}" if row % 4 == 0 else f"{row}.5" for row in range(len(columns["y"]))],
    }


def doubtful_dates(columns, random):
    day, month = random.integers(1, 12, (2, len(columns["y"])))
    return {**columns, "born_on": [f"{a:02d}/{b:02d}/2021" for a, b in zip(day, month, strict=True)]}


def opposite_dates(columns, random):
    day = random.integers(1, 29, len(columns["y"]))
    return {**columns, "sent": [f"{each:02d}/03/2021" for each in day], "paid": [f"04/{each:02d}/2021" for each in day]}


def missing_target(columns, random):
    return {**columns, "y": np.where(_some(columns, random, 0.05), "", _labels(columns).astype(str))}


def constant_target(columns, random):
    return {**columns, "y": ["yes"] * len(columns["y"])}


def shifted_later(columns, random):
    """Return rows that come later, with a level that took over and a number that rose."""
    regions = np.where(_some(columns, random, 0.6), "south", columns["region"])
    return {**columns, "region": regions, "income": columns["income"] * 2.5}


CLASSES = ("binary", "imbalanced", "multiclass", "small", "wide", "dated")
NUMBERS = ("regression", "skewed")
LARGE = tuple(shape for shape in SHAPES if shape != "small")

# What is planted for each code, and into which shapes it fits.
PLANTS = (
    ("target_leak_copy", leak_copy, CLASSES),
    ("target_leak_one_column", leak_one_column, SHAPES),
    ("target_leak_missing_pattern", leak_missing, CLASSES),
    ("target_leak_after_event", leak_after_event, ("binary", "imbalanced", "multiclass", "wide", "dated")),
    ("target_leak_function", leak_function, NUMBERS),
    ("label_noise", label_noise, ("binary", "dated", "wide")),
    ("label_noise", conflicting_labels, ("binary", "multiclass", "dated")),
    ("class_imbalance", class_imbalance, ("binary", "dated", "wide")),
    ("rare_class", rare_class, CLASSES),
    ("repeating_groups", groups, SHAPES),
    ("time_order", time_order, SHAPES),
    ("personal_data", personal_data, SHAPES),
    ("constant_in_class", constant_in_class, ("binary", "multiclass", "wide", "dated")),
    ("mixed_case_levels", spelling, SHAPES),
    ("similar_levels", slips, SHAPES),
    ("mixed_units", mixed_units, SHAPES),
    ("sentinel_values", sentinels, SHAPES),
    ("impossible_dates", impossible_dates, LARGE),
    ("truncated_text", truncated, SHAPES),
    ("row_order", row_order, SHAPES),
    ("near_duplicates", near_duplicates, SHAPES),
    ("duplicate_rows", duplicates, SHAPES),
    ("drift_along_rows", drift, LARGE),
    ("correlated_columns", correlated, SHAPES),
    ("duplicate_column", copied_column, SHAPES),
    ("identifier_column", identifier, SHAPES),
    ("empty_column", empty, SHAPES),
    ("constant_column", constant, SHAPES),
    ("many_missing", many_missing, SHAPES),
    ("high_cardinality", many_levels, ("binary", "regression", "dated")),
    ("unparsed_cells", junk, SHAPES),
    ("mixed_types", mixed_types, SHAPES),
    ("ambiguous_date_order", doubtful_dates, SHAPES),
    ("mixed_date_orders", opposite_dates, SHAPES),
    ("missing_target_rows", missing_target, CLASSES),
    ("unusable_target", constant_target, SHAPES),
)
# What is planted into rows that come later than a clean table's.
LATER_PLANTS = (("drift_to_test_data", shifted_later, SHAPES),)
# What may be said of a clean table of a shape: it is so.
TRUE_OF = {"imbalanced": {"class_imbalance"}}
