"""The model card: the facts of a fit under the headings that model hubs use.

Source of the headings: Mitchell et al., "Model cards for model reporting", FAT* 2019, as Hugging Face lays them out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from automl.report import views
from automl.report.facts import ReportFacts
from automl.report.formatting import count, date, duration, percent, plural
from automl.report.markdown import code_span, escaped, fenced, sentence_text, table
from automl.report.summary import Point, summary_points
from automl.report.verdict import is_of_no_use
from automl.report.wording import estimate_basis, estimate_texts, stopped_because

__all__ = ["render_card"]

_TO_FILL_IN = "Not known to the program; for the model's owner to say."
_MOST_FEATURES = 20
_MOST_CANDIDATES = 10
_MOST_CHANGES = 20


def render_card(facts: ReportFacts) -> str:
    """Return the model card as Markdown with the metadata that model hubs read."""
    parts = [
        _metadata(facts),
        f"# Model card: {escaped(facts.model)}",
        *_details(facts),
        *_uses(facts),
        *_risks(facts),
        *_start(facts),
        *_training(facts),
        *_evaluation(facts),
        *_examination(facts),
        *_impact(facts),
        *_technical(facts),
        *_people(),
    ]
    return "\n\n".join(parts) + "\n"


def _metadata(facts: ReportFacts) -> str:
    """Return the block that hubs read; JSON strings are YAML strings, whatever is in them."""
    kind = "tabular-regression" if facts.task == "regression" else "tabular-classification"
    value = facts.estimate.value if math.isfinite(facts.estimate.value) else None
    score = {"name": facts.metric, "type": facts.metric, "value": value}
    task = {"task": {"type": kind}, "dataset": {"name": facts.source, "type": "table"}, "metrics": [score]}
    index = [{"name": facts.model, "results": [task]}]
    lines = [
        "library_name: automl",
        f"pipeline_tag: {kind}",
        f"tags: {json.dumps([kind, 'tabular', 'automl'])}",
        f"metrics: {json.dumps([facts.metric])}",
        # YAML knows no pair of escapes for one character; half of one, from a file name, it reads as JSON does.
        f"model-index: {json.dumps(index, ensure_ascii=False).encode('utf-8', 'backslashreplace').decode()}",
    ]
    return "\n".join(["---", *lines, "---"])


def _details(facts: ReportFacts) -> list[str]:
    rows = [
        ("Made by", f"automl {facts.versions.get('automl', '')}, {date(facts.created)}"),
        ("Task", facts.task),
        ("Predicts", facts.target),
        ("Labels", ", ".join(facts.labels[:20]) + (" …" if len(facts.labels) > 20 else "")),
        ("Model", _members(facts)),
        ("License", _TO_FILL_IN),
    ]
    shown = [(name, value) for name, value in rows if value]
    return ["## Model details", _answer(facts, "What was predicted"), table(("What", "Value"), shown)]


def _members(facts: ReportFacts) -> str:
    members = [f"{each.family} {percent(each.weight)}" for each in facts.candidates if each.weight > 0]
    return ", ".join(members[:_MOST_CANDIDATES])


def _uses(facts: ReportFacts) -> list[str]:
    return [
        "## Uses",
        "### Direct use",
        f"Predicting “{escaped(facts.target)}” for rows with the same columns and of the same kind as the training "
        f"rows. {_TO_FILL_IN}",
        "### Downstream use",
        _TO_FILL_IN,
        "### Out-of-scope use",
        "Rows of another population or another time than the training rows: nothing that is said here was measured on "
        "such. The model describes what goes together in the data; that changing a column changes the outcome does "
        "not follow.",
    ]


def _risks(facts: ReportFacts) -> list[str]:
    found = [f"- {escaped(each['severity'])}: {escaped(each['message'])}" for each in views.finding_order(facts)[:20]]
    return [
        "## Bias, risks and limitations",
        _answer(facts, "What to beware of") or "Nothing was found in the data that speaks against the model.",
        *(["Findings in the training data:", "\n".join(found)] if found else []),
        "### Recommendations",
        f"Hold it against labelled rows of your own before use, and group by group where people are concerned: "
        f"{code_span('automl evaluate MODEL LABELLED.csv --fairness COLUMNS')}.",
    ]


def _start(facts: ReportFacts) -> list[str]:
    shown = [] if is_of_no_use(facts) else [_python(facts)]
    return ["## How to get started with the model", _answer(facts, "What next"), *shown]


def _python(facts: ReportFacts) -> str:
    lines = (
        "import automl",
        "",
        f"model = automl.load({json.dumps(facts.model)})",
        "answers = model.predict(new_rows)",
    )
    return "\n".join(["```python", *lines, "```"])


def _training(facts: ReportFacts) -> list[str]:
    return [
        "## Training details",
        "### Training data",
        f"“{escaped(facts.source)}”, {plural(facts.rows, 'row')} and {plural(facts.columns_count, 'column')}, "
        f"SHA-256 {code_span(facts.data_sha256)}.",
        "### Training procedure",
        f"{escaped(facts.split)} {count(len(facts.candidates))} candidates were tried in {duration(facts.seconds)}; "
        f"the search ended because {escaped(stopped_because(facts))}.",
        *_preprocessing(facts),
        *_hyperparameters(facts),
    ]


def _preprocessing(facts: ReportFacts) -> list[str]:
    """Tell how the table was cleaned; what is learned from rows is learned inside each fold."""
    lines = [
        f"- {escaped(each['step'])}, {escaped(each['column'] or 'whole table')}: {escaped(each['message'])}"
        for each in facts.changes[:_MOST_CHANGES]
    ]
    left_out = len(facts.changes) - len(lines)
    more = [f"{plural(left_out, 'line')} more in the report."] if left_out else []
    return ["#### Preprocessing", "\n".join(lines) or "Nothing was changed in cleaning.", *more]


def _hyperparameters(facts: ReportFacts) -> list[str]:
    """Tell the settings of the blend's members."""
    members = [each for each in facts.candidates if each.weight > 0][:_MOST_CANDIDATES]
    if not members:
        return []
    rows = [(each.family, percent(each.weight), views.hyperparameter_text(each)) for each in members]
    return ["#### Training hyperparameters", table(("Family", "Weight", "Settings"), rows, (1,))]


def _evaluation(facts: ReportFacts) -> list[str]:
    value, bounds = estimate_texts(facts.estimate)
    parts = [
        "## Evaluation",
        "### Testing data, factors and metrics",
        f"The estimate rests on {escaped(estimate_basis(facts.estimate))}.",
        "### Results",
        f"**{escaped(facts.estimate.metric)} {value}**, 95 % interval {bounds}. {_answer(facts, 'How good it is')}",
        _answer(facts, "Are its probabilities right"),
        _answer(facts, "When it says yes"),
    ]
    metrics = [(row.name, row.value, row.bounds, row.meaning) for row in views.metric_rows(facts)]
    if metrics:
        parts.append("All metrics, out-of-fold; they lean towards the good side, the estimate does not:")
        parts.append(table(("Metric", "Value", "95 % interval", "What it says"), metrics, (1, 2)))
    return [part for part in parts if part]


def _examination(facts: ReportFacts) -> list[str]:
    """Tell what drives the predictions."""
    shown = [
        (row.feature.name, row.feature.kind, row.importance, row.spread)
        for row in views.feature_rows(facts)
        if row.feature.selected
    ][:_MOST_FEATURES]
    parts = ["## Model examination", _answer(facts, "What drives it")]
    if shown:
        header = ("Column", "Kind", "Permutation importance", "± folds")
        parts += [views.FEATURES_NOTE, table(header, shown, (2, 3))]
    return [part for part in parts if part]


def _impact(facts: ReportFacts) -> list[str]:
    where = "one machine" if facts.settings.get("executor", "local") == "local" else "the machines of a cluster"
    on_gpu = ", ".join(facts.settings.get("on_gpu", ()))
    card = f"with a graphics card for {on_gpu}" if on_gpu else "without a graphics card"
    return [
        "## Environmental impact",
        f"{duration(facts.seconds)} on the processors of {where}, {card}. The energy that this took was not measured.",
    ]


def _technical(facts: ReportFacts) -> list[str]:
    rows = sorted(facts.versions.items())
    command = [fenced(facts.command)] if facts.command else []
    return [
        "## Technical specifications",
        "### Model architecture and objective",
        f"{_kind_of_model(facts)} ({escaped(_members(facts) or 'none')}), chosen by {escaped(facts.metric)}.",
        "### Compute infrastructure",
        *command,
        table(("Library", "Version"), rows),
    ]


def _kind_of_model(facts: ReportFacts) -> str:
    return "A weighted mean of models" if sum(each.weight > 0 for each in facts.candidates) > 1 else "One model"


def _people() -> list[str]:
    """Return the headings that only the model's owner can fill."""
    headings = ("Citation", "More information", "Model card authors", "Model card contact")
    return [part for heading in headings for part in (f"## {heading}", _TO_FILL_IN)]


def _answer(facts: ReportFacts, question: str) -> str:
    """Return the summary's answer to a question; empty where it has none."""
    points: Iterable[Point] = (point for point in summary_points(facts) if point.question == question)
    return " ".join(sentence_text(sentence) for point in points for sentence in point.sentences)
