"""The SELECT that computes a formula: one step after the other, each from the columns of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from automl.errors import UsageError
from automl.export.formula import Averaged, Calibrated, Constant, Formula
from automl.export.sql.cells import cell, source_value
from automl.export.sql.features import curve_height, cut_off, feature_value
from automl.export.sql.models import is_softmax, raw_scores, scaled, share_of_score
from automl.export.sql.writing import added, cases, literal, name, text
from automl.export.terms import Lookup
from automl.tables.schema import Column

__all__ = ["statement_of"]

_TINY = 2.2250738585072014e-308
_NEXT_TO_ONE = 1 - 2.0**-53
_ROWS = "scored"
#: A step has a column at least.
_NOTHING = {"unused": "0"}
#: SQLite allows no more, unless it was built to.
_MOST_COLUMNS = 2000


@dataclass
class _Steps:
    """Common table expressions, each of which reads the one before; ``carried`` columns go through all of them."""

    carried: list[str]
    written: list[str] = field(default_factory=list)
    last: str = ""

    def add(self, step: str, columns: dict[str, str]) -> None:
        """Add a step that computes columns by name."""
        taken = [*self.carried, *(f"{expression} AS {column}" for column, expression in columns.items())]
        if len(taken) > _MOST_COLUMNS:
            raise UsageError(
                f"This model cannot be written as SQL: its statement needs {len(taken):,} columns side by side, and "
                f"SQLite allows {_MOST_COLUMNS:,}.",
                "Fit it to fewer columns, or export it in another format.",
            )
        # Where databases may put a step's text in place of its name, what is used twice is computed twice.
        body = ",\n    ".join(taken)
        self.written.append(f"automl_{step} AS MATERIALIZED (\n  SELECT\n    {body}\n  FROM {self.last}\n)")
        self.last = f"automl_{step}"


def statement_of(formula: Formula, table: str, keep: Sequence[str] = ()) -> str:
    """Return a statement that predicts for every row of a table.

    Parameters
    ----------
    formula : Formula
    table : str
        Its name in SQL.
    keep : sequence of str
        Columns that are copied.
    """
    kept = {f"k{place}": f"{_ROWS}.{name(column)}" for place, column in enumerate(keep)}
    steps = _Steps([], last=f"{table} AS {_ROWS}")
    cells = {str(column["name"]): f"c{place}" for place, column in enumerate(formula.columns)}
    readable = {
        each: cell(Column.from_dict(dict(column)), _ROWS)
        for each, column in zip(cells.values(), formula.columns, strict=True)
    }
    steps.add("cells", kept | readable or _NOTHING)
    steps.carried = list(kept)
    numbers = [
        [f"f{group}_{place}" for place in range(len(features))] for group, features in enumerate(formula.features)
    ]
    _add_features(formula, cells, numbers, steps)
    raw = [raw_scores(member.model, numbers[member.features]) for member in formula.members]
    scores = [[f"s{place}_{code}" for code in range(len(each))] for place, each in enumerate(raw)]
    steps.add("scores", {s: r for pair in zip(scores, raw, strict=True) for s, r in zip(*pair, strict=True)})
    answers = _number(formula, scores) if not formula.labels else _labels(formula, scores, steps)
    outputs = [f"{column} AS {name(original)}" for column, original in zip(kept, keep, strict=True)]
    outputs += [f"{expression} AS {name(answer)}" for answer, expression in answers.items()]
    listed = ",\n  ".join(outputs)
    return f"WITH {', '.join(steps.written)}\nSELECT\n  {listed}\nFROM {steps.last};\n"


def _add_features(formula: Formula, cells: Mapping[str, str], numbers: Sequence[Sequence[str]], steps: _Steps) -> None:
    """Add the steps from cells to features; what is long is computed once."""
    features = dict(zip(chain(*numbers), chain(*formula.features), strict=True))
    found = dict.fromkeys(feature.source for feature in features.values() if not isinstance(feature, Lookup))
    sources = {source: f"v{place}" for place, source in enumerate(found)}
    readable = {called: source_value(source, cells) for source, called in sources.items()}
    steps.add("sources", {value: value for value in cells.values()} | readable or _NOTHING)
    steps.add(
        "shaped", {each: feature_value(feature, cells, sources) for each, feature in features.items()} or _NOTHING
    )
    steps.add("features", {each: cut_off(feature, each) for each, feature in features.items()} or _NOTHING)


def _number(formula: Formula, scores: Sequence[Sequence[str]]) -> dict[str, str]:
    terms = []
    for member, (score, *_) in zip(formula.members, scores, strict=True):
        scale = None if isinstance(member.model, Constant) else member.model.scale
        terms.append(f"{literal(member.share)} * {scaled(scale, score)}")
    return {"prediction": added(terms)}


def _labels(formula: Formula, scores: Sequence[Sequence[str]], steps: _Steps) -> dict[str, str]:
    codes = range(len(formula.labels))
    _raise(formula, scores, steps)
    steps.add("probabilities", {f"p{code}": _share(formula, scores, code) for code in codes})
    shares = [f"p{code}" for code in codes]
    if formula.calibration is not None:
        _calibrate(formula.calibration, shares, steps)
    answers = {"prediction": _decided(formula, shares)}
    return answers | {f"proba_{label}": share for label, share in zip(formula.labels, shares, strict=True)}


def _raise(formula: Formula, scores: Sequence[Sequence[str]], steps: _Steps) -> None:
    """Add the steps from scores to their exponentials, less the greatest: none is too large for a double then."""
    every = {score: score for each in scores for score in each}
    raised = [place for place, member in enumerate(formula.members) if is_softmax(member.model)]
    tops = {f"t{place}": _greatest(_logits(scores[place])) for place in raised}
    steps.add("tops", every | tops)
    for place in raised:
        exponentials = [f"exp({score} - t{place})" for score in _logits(scores[place])]
        every |= {f"e{place}_{code}": each for code, each in enumerate(exponentials)}
    steps.add("raised", every)


def _logits(scores: Sequence[str]) -> list[str]:
    """Return one score for each class: a single one is that of the second of two."""
    return ["0e0", *scores] if len(scores) == 1 else list(scores)


def _share(formula: Formula, scores: Sequence[Sequence[str]], code: int) -> str:
    terms = []
    for place, member in enumerate(formula.members):
        if isinstance(member.model, Constant | Averaged):
            share = share_of_score(member.model, scores[place], code)
        else:
            raised = [f"e{place}_{each}" for each in range(len(_logits(scores[place])))]
            share = f"{raised[code]} / {added(raised)}"
        terms.append(f"{literal(member.share)} * {share}")
    return added(terms)


def _calibrate(calibration: Calibrated, shares: Sequence[str], steps: _Steps) -> None:
    slope = literal(calibration.slope)
    if len(shares) == 2:
        positive = cases(
            [(f"p1 < {literal(_TINY)}", literal(_TINY)), (f"p1 > {literal(_NEXT_TO_ONE)}", literal(_NEXT_TO_ONE))], "p1"
        )
        steps.add("bounded", {"b": positive})
        steps.add("odds", {"o": "ln(b) - ln(1e0 - b)"})
        moved = [f"{slope} * o", literal(calibration.intercept)]
        if calibration.places:
            moved.append(curve_height("o", calibration.places, calibration.heights))
        steps.add("stretched", {"z": added(moved)})
        steps.add("calibrated", {"p1": "CASE WHEN z >= 0 THEN 1e0 / (1e0 + exp(-z)) ELSE exp(z) / (1e0 + exp(z)) END"})
        steps.add("complements", {"p0": "1e0 - p1", "p1": "p1"})
        return
    bounded = {
        share: f"ln(CASE WHEN {share} < {literal(_TINY)} THEN {literal(_TINY)} ELSE {share} END)" for share in shares
    }
    steps.add("logarithms", bounded)
    steps.add("highest", {**{share: share for share in shares}, "t": _greatest(shares)})
    steps.add("stretched", {share: f"exp({slope} * ({share} - t))" for share in shares})
    steps.add("calibrated", {share: f"{share} / {added(shares)}" for share in shares})


def _greatest(values: Sequence[str]) -> str:
    *others, last = values
    return cases([(_is_greatest(value, values), value) for value in others], last)


def _is_greatest(value: str, values: Sequence[str]) -> str:
    return " AND ".join(f"{value} >= {other}" for other in values if other != value)


def _decided(formula: Formula, shares: Sequence[str]) -> str:
    labels = [text(label) for label in formula.labels]
    if formula.threshold is not None:
        return cases([(f"p1 >= {literal(formula.threshold)}", labels[1])], labels[0])
    pairs = [(_is_greatest(share, shares), label) for share, label in zip(shares, labels, strict=True)]
    return cases(pairs[:-1], labels[-1])
