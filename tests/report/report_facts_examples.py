"""Facts of fits as they come out of the workflow, made up with a seed: binary, many classes, regression, hostile."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

from automl.findings import Change, Finding, Severity
from automl.report.behaviour_facts import Behaviour, DependenceCurve, Interaction, Rule, SurrogateTree
from automl.report.facts import (
    CandidateFact,
    ColumnFact,
    CurvePoints,
    EstimateFact,
    FeatureFact,
    IndependentEstimate,
    ReportFacts,
)
from automl.report.importance_facts import GlobalImportance, Importance

HOSTILE_NAMES = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[31mred\x1b[0m\x07",
    "\u202egnp.exe\u202c",
    "שם הלקוח בעברית",
    "اسم العميل الكامل",
    "a|b`c`*d*_e_[f](http://example.com/)",
    "line\r\nbreak\ttab\x00nul",
    "x" * 400,
    "{{ 7 * 7 }}{% raw %}",
    "@everyone #1 &amp; &lt;b&gt;",
    "</style></title><svg onload=alert(2)>",
)

_FAMILIES = ("catboost", "lightgbm", "xgboost", "extra_trees", "random_forest", "linear", "mlp", "knn")


def binary_facts(**changes: Any) -> ReportFacts:
    """A churn fit with everything in it."""
    source = random.Random(1)
    facts = ReportFacts(
        model="churn.automl",
        source="churn.csv.gz",
        created="2025-11-24T13:05:09+00:00",
        rows=7043,
        columns_count=21,
        target="Churn",
        task="binary",
        labels=("No", "Yes"),
        target_counts=(("No", 5174), ("Yes", 1869)),
        metric="roc_auc",
        greater_is_better=True,
        estimate=EstimateFact("roc_auc", 0.84631, (0.82514, 0.86702), "holdout", 1409),
        selection_score=0.85127,
        baseline_score=0.5,
        metrics={
            "accuracy": (0.8071, 0.7969, 0.8169),
            "roc_auc": (0.85127, 0.8411, 0.8609),
            "average_precision": (0.6634, 0.6402, 0.6868),
            "f1": (0.6251, 0.6049, 0.6442),
            "log_loss": (0.4142, 0.4021, 0.4268),
            "brier_score": (0.1347, 0.1301, 0.1392),
            "our_own_metric": (12345.678, 12000.0, 12700.0),
        },
        findings=_findings(),
        changes=_changes(),
        columns=_columns(source),
        features=_features(source, ("Contract", "tenure", "MonthlyCharges", "TotalCharges", "InternetService")),
        candidates=_candidates(source, 0.85, 0.012, greater_is_better=True),
        split="5-fold cross-validation, stratified by the target; exact duplicates stay in the same fold.",
        progress=((2.1, 0.5), (3.4, 0.8312), (8.0, 0.8441), (14.2, 0.8479), (31.0, 0.8506), (52.7, 0.85127)),
        roc=(_roc("Yes", 0.85),),
        precision_recall=(_precision_recall("Yes", 0.27, 0.66),),
        calibration=(_calibration("Yes", source),),
        calibration_before=(_calibration("Yes", random.Random(9)),),
        trade_offs=_trade_offs(),
        confusion=((4703, 471), (888, 981)),
        complete=True,
        stopped_by="time_budget",
        seconds=58.9,
        trials=64,
        settings={"time_budget": 60.0, "seed": 0, "folds": 5, "families": ["catboost", "linear"], "holdout": None},
        command="automl fit churn.csv.gz --target Churn --time-budget 60 --seed 0",
        versions={
            "automl": "0.1.0",
            "python": "3.11.2",
            "scikit-learn": "1.9.0",
            "xgboost": "3.1.0",
            "pandas": "3.1.0",
        },
        data_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        behaviour=behaviour("Yes", ("tenure", "Contract", "signed"), ("One year", "Two year", "(missing)")),
        reliance=reliance_of(("tenure", "Contract", "signed")),
    )
    return replace(facts, **changes)


def behaviour(label: str | None, names: tuple[str, str, str], levels: tuple[str, ...]) -> Behaviour:
    """Curves of a number, a category and a date, one interaction, and a tree."""
    number, category, date = names
    places = tuple(float(value) for value in range(0, 60, 5))
    mean = tuple(0.6 - 0.006 * place for place in places)
    low, high = tuple(value - 0.1 for value in mean), tuple(value + 0.2 for value in mean)
    density = tuple(0.01 * (1 + place % 7) for place in range(20))
    numbers = tuple(f"{place:g}" for place in places)
    days = tuple(f"2024-{1 + at:02d}-01" for at in range(len(places)))
    some = tuple(0.5 - 0.1 * at for at in range(len(levels)))
    return Behaviour(
        label,
        (
            DependenceCurve(number, numbers, places, mean, low, high, density, (low, high)),
            DependenceCurve(category, levels, (), some, some, some, tuple(1 / len(levels) for _ in levels)),
            DependenceCurve(date, days, places, mean, low, high, density, dates=True),
        ),
        (Interaction((number, category), 0.31),),
        SurrogateTree((Rule((f"{number} > 12",), 0.1, 0.4), Rule((f"{category} is {levels[0]}",), 0.5, 0.6)), 0.81),
    )


def reliance_of(names: tuple[str, ...]) -> GlobalImportance:
    """How far predictions move with each of some columns, and with the first two of them together."""
    columns = tuple(Importance((name,), 0.1 / at, 0.08 / at, 0.12 / at) for at, name in enumerate(names, 1))
    return GlobalImportance("prediction_change", "", columns, (Importance(names[:2], 0.14, 0.11, 0.17),), 900, 3)


def multiclass_facts(classes: int = 7) -> ReportFacts:
    """A fit with several classes, some of them rare."""
    source = random.Random(2)
    labels = tuple(f"cover type {number}" for number in range(1, classes + 1))
    sizes = [max(12, round(9000 / (position + 1) ** 1.7)) for position in range(classes)]
    confusion = tuple(
        tuple(round(size * (0.83 if i == j else 0.17 / (classes - 1))) for j in range(classes))
        for i, size in enumerate(sizes)
    )
    return binary_facts(
        model="cover.automl",
        source="cover.parquet",
        target="cover_type",
        task="multiclass",
        labels=labels,
        target_counts=tuple(zip(labels, sizes, strict=True)),
        rows=sum(sizes),
        metric="log_loss",
        greater_is_better=False,
        estimate=EstimateFact("log_loss", 0.48213, (0.4611, 0.5049), "bootstrap_bias_corrected_cv", sum(sizes)),
        selection_score=0.4702,
        baseline_score=1.2114,
        metrics={"log_loss": (0.4702, 0.4511, 0.4899), "accuracy": (0.8301, 0.8244, 0.8361)},
        candidates=_candidates(source, 0.48, 0.03, greater_is_better=False),
        progress=((2.1, 1.2114), (3.4, 0.71), (8.0, 0.533), (14.2, 0.488), (31.0, 0.4702)),
        roc=tuple(_roc(label, 0.5 + 0.45 / (position + 1)) for position, label in enumerate(labels)),
        precision_recall=tuple(
            _precision_recall(label, 0.1, 0.85 - 0.05 * (position % 9)) for position, label in enumerate(labels)
        ),
        calibration=tuple(_calibration(label, source) for label in labels),
        calibration_before=(),
        trade_offs=(),
        confusion=confusion,
    )


def regression_facts() -> ReportFacts:
    """A demand fit: skewed target, a few extreme rows."""
    source = random.Random(3)
    actual = [source.lognormvariate(5.2, 0.6) for _ in range(2000)]
    pairs = tuple((round(y, 2), round(y * source.lognormvariate(0, 0.16) + source.gauss(0, 8), 2)) for y in actual)
    bins = tuple((f"{40 * k} to {40 * k + 40}", round(2600 * math.exp(-((k - 4) ** 2) / 18)) + 1) for k in range(24))
    return binary_facts(
        model="demand model.automl",
        source="demand.csv",
        target="units_sold",
        task="regression",
        labels=(),
        target_counts=bins,
        rows=18240,
        metric="rmse",
        greater_is_better=False,
        estimate=EstimateFact("rmse", 41.8213, (39.204, 44.913), "holdout", 4560),
        test=IndependentEstimate(
            "rmse", 42.906, (40.11, 45.83), "test_data", 2280, repeated_rows=12, repeats="left_out"
        ),
        selection_score=40.31,
        baseline_score=128.774,
        metrics={"rmse": (40.31, 38.9, 41.8), "mae": (27.44, 26.8, 28.1), "r2": (0.9021, 0.8942, 0.9094)},
        candidates=_candidates(source, 41.0, 2.2, greater_is_better=False),
        progress=((2.1, 128.774), (3.4, 61.0), (8.0, 44.9), (14.2, 41.2), (22.0, 40.31)),
        roc=(),
        precision_recall=(),
        calibration=(),
        calibration_before=(),
        trade_offs=(),
        confusion=(),
        residuals=(*pairs, (9000.0, 5200.0), (20.0, 2900.0)),
    )


def hostile_facts() -> ReportFacts:
    """A fit on a table whose every name wants to do harm."""
    base = binary_facts()
    columns = tuple(
        replace(base.columns[position % len(base.columns)], name=name, top_values=((name, 3), (name[::-1], 1)))
        for position, name in enumerate(HOSTILE_NAMES)
    )
    return replace(
        base,
        model="--help; rm -rf $HOME '.automl",
        source="<b>data</b>\u202e.csv",
        target=HOSTILE_NAMES[0],
        labels=(HOSTILE_NAMES[5], HOSTILE_NAMES[2]),
        target_counts=((HOSTILE_NAMES[5], 5174), (HOSTILE_NAMES[2], 1869)),
        columns=columns,
        features=tuple(
            FeatureFact(name, "category", 0.05 / (position + 1), 0.002, selected=True)
            for position, name in enumerate(HOSTILE_NAMES)
        ),
        findings=tuple(
            Finding("odd_name", Severity.WARNING, f"Column '{name}' is odd.", (name, "b"), f"Kept {name}.").to_dict()
            for name in HOSTILE_NAMES
        ),
        changes=tuple(
            Change("trim", name, 3, f"Trimmed {name}.", ((name, "x"), (" y", name))).to_dict() for name in HOSTILE_NAMES
        ),
        candidates=(*base.candidates, replace(base.candidates[0], status=HOSTILE_NAMES[0], score=None, weight=0.0)),
        roc=(_roc(HOSTILE_NAMES[8], 0.8), _roc(HOSTILE_NAMES[0], 0.8)),
        command=f"automl fit data.csv --target '{HOSTILE_NAMES[0]}' ``` ",
        settings={"target": HOSTILE_NAMES[1], "drop": list(HOSTILE_NAMES)},
        split=HOSTILE_NAMES[11],
        reliance=reliance_of(HOSTILE_NAMES[:3]),
        behaviour=behaviour(HOSTILE_NAMES[2], (HOSTILE_NAMES[0], HOSTILE_NAMES[1], HOSTILE_NAMES[8]), HOSTILE_NAMES),
    )


def bare_facts() -> ReportFacts:
    """The least that a fit can leave: interrupted after the baseline, every optional part empty."""
    return ReportFacts(
        model="a.partial.automl",
        source="a.csv",
        created="2025-11-24T13:05:09+00:00",
        rows=40,
        columns_count=2,
        target="y",
        task="regression",
        labels=(),
        target_counts=(),
        metric="rmse",
        greater_is_better=False,
        estimate=EstimateFact("rmse", 3.1, (2.2, 4.4), "bootstrap_bias_corrected_cv", 40),
        selection_score=3.1,
        baseline_score=3.1,
        metrics={},
        findings=(),
        changes=(),
        columns=(),
        features=(),
        candidates=(),
        split="",
        progress=(),
        complete=False,
        stopped_by="SIGTERM",
    )


def _findings() -> tuple[dict[str, Any], ...]:
    return tuple(
        finding.to_dict()
        for finding in (
            Finding(
                "duplicate_rows",
                Severity.INFO,
                "22 rows (0.3 %) are exact copies of another row.",
                (),
                "Kept, each in the same fold as its copy. Drop them with --drop-duplicates.",
            ),
            Finding(
                "target_leak_name",
                Severity.ERROR,
                "Column 'churn_reason' is filled only where 'Churn' is 'Yes'.",
                ("churn_reason",),
                "Left out of the model. Keep it with --keep churn_reason.",
            ),
            Finding(
                "identifier_column",
                Severity.WARNING,
                "Column 'customerID' is different on every row.",
                ("customerID", "phone"),
                "Left out of the model.",
            ),
        )
    )


def _changes() -> tuple[dict[str, Any], ...]:
    return tuple(
        change.to_dict()
        for change in (
            Change("missing", "TotalCharges", 11, "Cells that mean “missing”.", ((" ", ""), ("N/A", ""))),
            Change("number", "MonthlyCharges", 7043, "Currency mark read as a number.", (("$29.85", "29.85"),)),
            Change("drop", None, 1, "One constant column was left out."),
        )
    )


def _columns(source: random.Random) -> tuple[ColumnFact, ...]:
    bell = tuple(round(800 * math.exp(-((k - 9) ** 2) / 20)) for k in range(20))
    steps = tuple(source.randrange(40, 400) for _ in range(20))
    return (
        ColumnFact("customerID", "identifier", 0, 7043, examples=("7590-VHVEG", "5575-GNVDE")),
        ColumnFact("tenure", "numeric", 0, 73, "0", "72", 32.371, steps),
        ColumnFact("MonthlyCharges", "numeric", 0, 1585, "18.25", "118.75", 64.7617, bell),
        ColumnFact("TotalCharges", "numeric", 11, 6530, "18.8", "8684.8", 2283.3, tuple(reversed(bell))),
        ColumnFact(
            "Contract", "category", 0, 3, top_values=(("Month-to-month", 3875), ("Two year", 1695), ("One", 1473))
        ),
        ColumnFact("signup", "datetime", 134, 2210, "2014-01-03", "2019-12-30", None, steps),
        ColumnFact("notes", "text", 5210, 1822, examples=("called about the bill", "moved house")),
        ColumnFact("Churn", "boolean", 0, 2, top_values=(("No", 5174), ("Yes", 1869))),
    )


def _features(source: random.Random, names: tuple[str, ...]) -> tuple[FeatureFact, ...]:
    extra = tuple(f"column_{position:02d}" for position in range(30))
    return tuple(
        FeatureFact(
            name,
            "category" if position % 3 == 0 else "numeric",
            0.0521 * math.exp(-position / 4) - 0.0004,
            0.003 * source.random() + 0.0003,
            selected=position < 14,
        )
        for position, name in enumerate((*names, *extra))
    )


def _candidates(source: random.Random, best: float, step: float, greater_is_better: bool) -> tuple[CandidateFact, ...]:
    sign = -1.0 if greater_is_better else 1.0
    found = [
        CandidateFact(
            rank=rank,
            family=_FAMILIES[(rank * 3) % len(_FAMILIES)],
            score=best + sign * step * (rank / 9) ** 1.6,
            spread=step * (0.4 + 0.5 * source.random()),
            seconds=0.4 + 6 * source.random(),
            found_at=3 + 52 * source.random(),
            weight={1: 0.48, 2: 0.24, 5: 0.2, 9: 0.08}.get(rank, 0.0),
            status="ok",
            hyperparameters={"learning_rate": 0.0179, "num_leaves": 39, "extra_trees": True, "depth": None},
        )
        for rank in range(1, 41)
    ]
    failures = ("killed after 12 s, its time limit", "ValueError: Input contains NaN", "out of memory (1.9 GB)")
    return (
        *found,
        *(
            CandidateFact(41 + position, "mlp", None, None, 12.0, 20.0 + position, 0.0, reason, {"alpha": 1e-4})
            for position, reason in enumerate(failures)
        ),
    )


def _roc(label: str, area: float) -> CurvePoints:
    power = (1 - area) / area
    x = tuple((step / 200) ** 2 for step in range(201))
    return CurvePoints(label, x, tuple(value**power for value in x), area)


def _precision_recall(label: str, share: float, average: float) -> CurvePoints:
    x = tuple(step / 200 for step in range(201))
    bend = (average - share) / (1 - average)
    return CurvePoints(label, x, tuple(share + (1 - share) * (1 - value**bend) for value in x), average)


def _trade_offs() -> tuple[tuple[float, float, float, float], ...]:
    found = []
    for step in range(1, 100):
        cut = step / 100
        recall, precision = 1 - cut**1.4, 0.27 + 0.7 * cut
        found.append((cut, recall, precision, 2 * recall * precision / (recall + precision)))
    return tuple(found)


def _calibration(label: str, source: random.Random) -> CurvePoints:
    x = tuple(0.05 + step / 10 for step in range(10))
    y = tuple(min(1.0, max(0.0, value**1.12 + source.gauss(0, 0.02))) for value in x)
    return CurvePoints(label, x, y, round(0.01 + 0.03 * source.random(), 4))
