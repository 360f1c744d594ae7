"""A small model file with members of several kinds, written from real fits, and ways to change files."""

import copy
import hashlib
import json
import zipfile
from io import BytesIO

import numpy as np
import pandas as pd

from automl.bundle import load_model
from automl.bundle.writing import BlendMember, BlendPart, golden_table, write_model
from automl.features import make_encoder, write_encoder
from automl.models.family import FitRequest
from automl.models.registry import family
from automl.report.facts import EstimateFact, ReportFacts
from automl.tables import Task, apply_schema, infer_schema, table_from_frame

ROWS = 120
FAMILIES = ("constant", "linear", "xgboost", "lightgbm", "random_forest", "hist_gradient_boosting", "catboost")
#: The table's other feature, its income, is one that selection left out.
USED = ("age", "city")
MANIFEST = {"target": "outcome", "task": "binary"}


def make_frame(task, rows=ROWS, seed=0):
    """Return a frame with numbers, a category, missing cells and a target that depends on them."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, rows)
    city = rng.choice(["Bern", "Rom", "Oslo"], rows)
    score = (age - 45) / 15 + 1.5 * (city == "Rom") + 0.3 * rng.normal(size=rows)
    outcome = (
        [f"{30 + 5 * each:.3f}" for each in score] if task is Task.REGRESSION else np.where(score > 0, "yes", "no")
    )
    ages = np.where(rng.random(rows) < 0.1, "", age.astype(str))
    return pd.DataFrame({"age": ages, "city": city, "income": rng.normal(size=rows).round(3), "outcome": outcome})


def write_example(path, task=Task.BINARY, families=FAMILIES):
    """Fit each family on the frame, write the model file, and return the table it was fitted on."""
    table = table_from_frame(make_frame(task))
    labels = () if task is Task.REGRESSION else ("no", "yes")
    schema = infer_schema(table).with_target("outcome", task, labels)
    frame = apply_schema(table, schema).frame
    raw = table.cells["outcome"]
    target = raw.astype(float).to_numpy() if not labels else (raw == "yes").to_numpy().astype(np.int64)
    columns = tuple(column for column in schema.columns if column.name in USED)
    work = path.parent / f"{path.stem}-work"
    work.mkdir(exist_ok=True)
    members = tuple(
        _member(work, name, columns, frame, target, task, len(labels), 1 / len(families)) for name in families
    )
    golden = golden_table(table, 1)
    contents = (path, MANIFEST, make_facts(task, labels), schema, members, USED, golden)
    write_model(*contents, np.empty(0))
    model = load_model(path)
    cells = model.read(golden).frame
    write_model(*contents, sum(part.share * _raw(part, cells) for part in model.parts()))
    return table


def _raw(part, cells):
    values = np.empty((len(cells), 0), np.float32) if part.encoder is None else part.encoder.transform(cells).values
    return part.fitted.predict(values, part.iterations or None)


def _member(work, name, columns, frame, target, task, n_classes, weight):
    described = family(name)
    encoding, encoder_file, values, categorical = described.encodings[0], None, np.empty((len(frame), 0)), ()
    if encoding != "none":
        encoder = make_encoder(encoding, columns, task, n_classes, 0)
        matrix = encoder.fit_transform(frame, target)
        values, categorical = matrix.values, matrix.categorical
        encoder_file = work / f"{encoding}.bin"
        encoder_file.write_bytes(write_encoder(encoder))
    values = values.astype(np.float32)
    request = FitRequest(
        values, categorical, target, None, values, target, None, task, n_classes, {"iterations": 12, "trees": 6}
    )
    model = described.implementation().fit(request)
    file = work / f"{name}.{described.suffix}"
    model.save(file)
    part = BlendPart(file, encoder_file, f"encoders/{encoding}.bin", model.iterations // 2)
    return BlendMember(name, weight, described.suffix, (part,))


def make_facts(task, labels):
    """Return the least that a report can be about."""
    return ReportFacts(
        model="example.automl",
        source="example.csv",
        created="2025-01-01T00:00:00+00:00",
        rows=ROWS,
        columns_count=4,
        target="outcome",
        task=str(task),
        labels=labels,
        target_counts=(),
        metric="rmse" if task is Task.REGRESSION else "roc_auc",
        greater_is_better=task is not Task.REGRESSION,
        estimate=EstimateFact("roc_auc", 0.8, (0.7, 0.9), "holdout", 30),
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


def members_of(content):
    """Return the members of a model file's bytes by name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members):
    """Return the bytes of a zip of members, as they are."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def forge(content, changes):
    """Return a model file with members replaced (None: left out), and a manifest whose hashes match again."""
    members = members_of(content)
    manifest = json.loads(members["manifest.json"])
    for name, new in changes.items():
        members.pop(name, None)
        manifest["members"].pop(name, None)
        if new is not None:
            members[name] = new
            manifest["members"][name] = {"sha256": hashlib.sha256(new).hexdigest(), "bytes": len(new)}
    return pack({**members, "manifest.json": json.dumps(manifest).encode()})


def with_manifest(content, **changes):
    """Return a model file whose manifest has other fields."""
    members = members_of(content)
    manifest = {**json.loads(members["manifest.json"]), **changes}
    return pack({**members, "manifest.json": json.dumps(manifest).encode()})


def with_value(stored, *path, to):
    """Return what is stored with the value at a path replaced."""
    values = copy.deepcopy(stored)
    place = values
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return values
