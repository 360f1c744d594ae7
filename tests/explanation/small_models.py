"""Model files fitted without a search, on tables whose truth is known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from automl.bundle import load_model
from automl.bundle.writing import BlendMember, BlendPart, golden_table, write_model
from automl.evaluation.postprocessing import Postprocessing
from automl.explanation.subject import Subject
from automl.features import make_encoder, write_encoder
from automl.models.family import FitRequest
from automl.models.registry import family
from automl.preparation.target import read_target
from automl.report.facts import EstimateFact, ReportFacts
from automl.tables import Schema, apply_schema, infer_schema, table_from_frame


@dataclass(frozen=True)
class Known:
    """A model file, rows it has not seen, and the model as what is explained."""

    path: Path
    new: pd.DataFrame

    @property
    def table(self):
        return table_from_frame(self.new)

    @property
    def subject(self):
        return Subject(load_model(self.path))

    def with_rows(self, new):
        return Known(self.path, new)


def linear_table(rows, seed):
    """Return y = 3 a - 2 b, a column of noise, and little noise in y."""
    rng = np.random.default_rng(seed)
    a, b, nothing = rng.uniform(0, 10, (3, rows)).round(3)
    return pd.DataFrame({"a": a, "b": b, "nothing": nothing, "y": (3 * a - 2 * b + rng.normal(0, 0.1, rows)).round(4)})


def curved_table(rows, seed):
    """Return a target in thousands that rests on a number with missing cells, a level and a date."""
    rng = np.random.default_rng(seed)
    size, city = rng.uniform(20, 200, rows).round(1), rng.choice(["Bern", "Rom", "Oslo"], rows)
    built = pd.to_datetime("2000-01-01") + pd.to_timedelta(rng.integers(0, 7000, rows), unit="D")
    price = 4000 * size + np.where(city == "Rom", 90_000, 0) + 10 * built.year.to_numpy() * size
    sizes = np.where(rng.random(rows) < 0.05, "", size.astype(str))
    return pd.DataFrame({"size": sizes, "city": city, "built": built.strftime("%Y-%m-%d"), "y": price.round(2)})


def mixed_table(rows, seed):
    """Return numbers, levels, missing cells and noise; the class rests on age and city, which interact."""
    rng = np.random.default_rng(seed)
    age, city = rng.integers(18, 80, rows), rng.choice(["Bern", "Rom", "Oslo"], rows)
    risk = np.where(city == "Rom", age - 45, 45 - age) / 12 + rng.normal(0, 0.5, rows)
    ages = np.where(rng.random(rows) < 0.05, "", age.astype(str))
    noise = rng.normal(size=rows).round(3)
    return pd.DataFrame({"age": ages, "city": city, "nothing": noise, "bad": np.where(risk > 0, "yes", "no")})


def dated_table(rows, seed):
    """Return two classes that rest on a date and, less, on a number."""
    rng = np.random.default_rng(seed)
    days, score = rng.integers(0, 3_000, rows), rng.uniform(0, 10, rows).round(2)
    joined = (pd.to_datetime("2015-01-01") + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d")
    left = days / 300 + score / 2 + rng.normal(0, 0.5, rows) > 7.5
    return pd.DataFrame({"joined": joined, "score": score, "left": np.where(left, "yes", "no")})


def priced_table(rows, seed):
    """Return two classes that rest on a price, written with a decimal comma and a currency, and a column of noise."""
    rng = np.random.default_rng(seed)
    price, nothing = rng.uniform(200, 3_000, rows).round(2), rng.normal(size=rows).round(3)
    written = [f"{value:,.2f} €".translate(str.maketrans(",.", ".,")) for value in price]
    left = price + rng.normal(0, 100, rows) > 1_500
    return pd.DataFrame({"price": written, "nothing": nothing, "left": np.where(left, "yes", "no")})


def three_class_table(rows, seed):
    """Return three classes that rest on x alone, and a column of noise."""
    rng = np.random.default_rng(seed)
    x, nothing = rng.uniform(0, 3, (2, rows)).round(3)
    return pd.DataFrame({"x": x, "nothing": nothing, "kind": np.array(["low", "mid", "top"])[x.astype(int)]})


def fitted(folder, make, target, families, metric, rows=400, postprocessing=Postprocessing()):  # noqa: B008 - frozen
    """Fit each family once on all rows, and write a blend of equal weights."""
    table = table_from_frame(make(rows, 0))
    schema = infer_schema(table, target)
    known = read_target(table, schema, target, None, None)
    schema = schema.with_target(target, known.task, known.labels)
    features = tuple(column for column in schema.columns if column.name != target)
    frame = apply_schema(table, Schema(features)).frame
    members = tuple(_member(folder, name, features, frame, known, 1 / len(families)) for name in families)
    used = tuple(column.name for column in features)
    manifest = {
        "target": target,
        "task": str(known.task),
        "metric": metric,
        "features": [{"name": name, "importance": 0.1, "spread": 0.02, "selected": True} for name in used],
    }
    path = folder / "model.automl"
    golden = golden_table(table, 1)
    contents = (path, manifest, _facts(target, known, metric), schema, members, used, golden)
    write_model(*contents, np.empty((0, max(1, len(known.labels)))), postprocessing)
    model = load_model(path)
    cells = model.read(golden).frame
    raw = sum(part.share * _raw(part, cells) for part in model.parts())
    write_model(*contents, raw, postprocessing)
    return Known(path, make(300, 1))


def _raw(part, cells):
    values = np.empty((len(cells), 0), np.float32) if part.encoder is None else part.encoder.transform(cells).values
    return part.fitted.predict(values, part.iterations or None)


def _member(folder, name, columns, frame, known, weight):
    described = family(name)
    if name == "constant":
        return _constant(folder, described, known, weight)
    encoder = make_encoder(described.encodings[0], columns, known.task, len(known.labels), 0)
    matrix = encoder.fit_transform(frame, known.values)
    encoded = folder / f"{encoder.name}.bin"
    encoded.write_bytes(write_encoder(encoder))
    learned = (matrix.values, matrix.categorical, known.values, None, matrix.values, known.values, None)
    settings = {"iterations": 40, "trees": 20}
    model = described.implementation().fit(FitRequest(*learned, known.task, len(known.labels), settings))
    file = folder / f"{name}.{described.suffix}"
    model.save(file)
    part = BlendPart(file, encoded, f"encoders/{encoder.name}.bin", model.iterations)
    return BlendMember(name, weight, described.suffix, (part,))


def _constant(folder, described, known, weight):
    nothing = np.empty((len(known.values), 0), dtype=np.float32)
    learned = (nothing, (), known.values, None, nothing, known.values, None)
    file = folder / "constant.npz"
    described.implementation().fit(FitRequest(*learned, known.task, len(known.labels), {})).save(file)
    return BlendMember("constant", weight, described.suffix, (BlendPart(file, None, "", 0),))


def _facts(target, known, metric):
    return ReportFacts(
        model="model.automl",
        source="rows.csv",
        created="2025-01-01T00:00:00+00:00",
        rows=len(known.values),
        columns_count=4,
        target=target,
        task=str(known.task),
        labels=known.labels,
        target_counts=(),
        metric=metric,
        greater_is_better=metric != "rmse",
        estimate=EstimateFact(metric, 0.8, (0.7, 0.9), "holdout", 30),
        selection_score=0.8,
        baseline_score=0.5,
        metrics={},
        findings=(),
        changes=(),
        columns=(),
        features=(),
        candidates=(),
        split="",
        progress=(),
    )
