"""What monitoring found as written text and pictures, shared by the formats."""

from __future__ import annotations

from automl.evaluation.metrics import METRICS
from automl.report.alarm_series import TEST_TITLES, alarm_section, series_of
from automl.report.charts.svg import Chart
from automl.report.charts.timeline import Moment, timeline_chart
from automl.report.formatting import count, measured, number, percent, plural
from automl.report.monitoring_facts import BatchFact, ColumnDriftFact, MonitoringFacts, PerformanceFact
from automl.report.sections import Section
from automl.report.telling import Told

__all__ = ["told_monitoring"]

_MOST_ALARMS_SAID = 8
_MOST_COLUMNS = 40


def told_monitoring(facts: MonitoringFacts) -> Told:
    """Say in sentences, tables and pictures what is an alarm, and how each figure went."""
    several = len(facts.batches) > 1
    what = f"{len(facts.batches):,} batches" if several else facts.batches[0].name
    rows = plural(sum(batch.rows for batch in facts.batches), "row")
    against = (
        f"held against {facts.reference_rows:,} training rows" if facts.reference_rows else "held against its schema"
    )
    return Told(
        eyebrow="monitoring",
        heading=f"{facts.model}: {'alarm' if facts.alarm else 'no alarm'}",
        lead=f"{what}, {rows}, {against}; the model predicts {facts.target}.",
        created=facts.created,
        sentences=_sentences(facts),
        sections=tuple(section for section in _sections(facts) if section.rows),
        pictures=_pictures(facts) if several else (),
    )


def _sentences(facts: MonitoringFacts) -> tuple[str, ...]:
    last, several = facts.batches[-1], len(facts.batches) > 1
    lines = []
    if facts.alarm and several:
        alarmed = sum(any(map(facts.counts, batch.alarms)) for batch in facts.batches)
        lines.append(f"The first alarm is in {facts.first_alarm}; {plural(alarmed, 'batch', 'batches')} raised one.")
    series = series_of(facts.counting)
    lines += [
        each.told if several else f"{each.first.kind.capitalize()}: {each.first.message}"
        for each in series[:_MOST_ALARMS_SAID]
    ]
    if len(series) > _MOST_ALARMS_SAID:
        lines.append(f"{len(series) - _MOST_ALARMS_SAID} more are in the table of alarms, and every one in --json.")
    if not facts.alarm:
        wanted = "" if facts.fail_on == "any" else f" of the kind {facts.fail_on}"
        lines.append(f"Nothing was found{wanted} that chance does not explain.")
    if last.performance is not None:
        lines.append(_performance(last.performance, last.name if several else ""))
        lines.append(f"Assumed: {last.performance.assumption}")
    if last.extra_columns:
        lines.append(f"Columns that the model does not know: {', '.join(last.extra_columns[:10])}.")
    return (*lines, *facts.notes, *last.notes)


def _performance(found: PerformanceFact, batch: str) -> str:
    value, bounds = measured(found.value, *found.interval)
    promised, promised_bounds = measured(found.promised, *found.promised_interval)
    how = "measured" if found.labelled else "estimated without labels"
    where = f" in {batch}" if batch else ""
    return (
        f"{found.metric}{where} is {value} ({how} on {plural(found.rows, 'row')}, 95 % interval {bounds}); "
        f"the model promised {promised} ({promised_bounds})."
    )


def _sections(facts: MonitoringFacts) -> tuple[Section, ...]:
    last, series = facts.batches[-1], series_of(facts.counting)
    worth_a_table = len(facts.batches) > 1 or len(series) > _MOST_ALARMS_SAID
    alarms = (alarm_section(series),) if worth_a_table else ()
    return (*alarms, _batches(facts), _columns(last), _predictions(last), _moved(last))


def _batches(facts: MonitoringFacts) -> Section:
    header = ("Batch", "Rows", "Alarms", "Columns in alarm", "Predictions apart", "Classifier AUC", facts.metric)
    rows = tuple(
        (
            batch.name,
            count(batch.rows),
            count(len(batch.alarms)),
            count(_alarmed(batch)),
            number(None if batch.prediction is None else batch.prediction.effect, 2),
            number(None if batch.domain is None else batch.domain.auc, 3),
            number(None if batch.performance is None else batch.performance.value),
        )
        for batch in facts.batches
    )
    note = "In order. A classifier that cannot tell a batch from training rows has an AUC of one half."
    return Section("batches", "Batches", note, header, rows if len(rows) > 1 else (), (1, 2, 3, 4, 5, 6))


def _alarmed(batch: BatchFact) -> int:
    """Return how many columns are in alarm, those among them that are not there."""
    return len({alarm.column for alarm in batch.alarms if alarm.column})


def _columns(batch: BatchFact) -> Section:
    ordered = sorted(batch.columns.items(), key=lambda pair: (not pair[1].alarm, pair[1].p_value))
    rows = tuple(_column(name, column) for name, column in ordered[:_MOST_COLUMNS])
    header = (
        "Column",
        "Alarm",
        "Kind",
        "Importance",
        "Test",
        "Effect",
        "p",
        "PSI",
        "Missing",
        "before",
        "Mean",
        "before",
    )
    note = (
        f"Of {batch.name}, alarms first. Wasserstein distances are in standard deviations of the training values; p "
        "says how often chance makes an effect as large, and 5 % of the alarms of all columns together may be false. "
        "PSI decides nothing."
    )
    return Section("columns", "Columns", note, header, rows, (3, 5, 6, 7, 8, 9, 10, 11))


def _column(name: str, column: ColumnDriftFact) -> tuple[str, ...]:
    return (
        name,
        "alarm" if column.alarm else "",
        column.kind,
        number(column.importance),
        TEST_TITLES[column.test].removesuffix(" distance"),
        number(column.effect, 3),
        number(column.p_value, 2),
        number(column.psi, 2),
        percent(column.missing),
        percent(column.missing_before),
        number(column.mean),
        number(column.mean_before),
    )


def _predictions(batch: BatchFact) -> Section:
    found = batch.prediction
    rows: tuple[tuple[str, ...], ...] = ()
    note = ""
    if found is not None:
        is_share = len(found.before) > 1
        write = percent if is_share else number
        rows = tuple((name, write(found.before[name]), write(value)) for name, value in found.now.items())
        note = f"{TEST_TITLES[found.test]} {number(found.effect, 3)}, p {number(found.p_value, 2)}: "
        note += "an alarm." if found.alarm else "no alarm."
    return Section("predictions", "Predictions", note, ("Predicted", "Out-of-fold", "Now"), rows, (1, 2))


def _moved(batch: BatchFact) -> Section:
    whose = f"probability of {batch.moved_label}" if batch.moved_label else "prediction"
    rows = tuple((each.column, number(each.value), number(each.error, 2)) for each in batch.moved)
    note = (
        f"By how much exchanging a column's values for those of {batch.name} moved the mean {whose} away from the "
        "reference rows' (Shapley values, with standard errors)."
    )
    return Section("moved", "What moved the predictions", note, ("Column", "Moved by", "± error"), rows, (1, 2))


def _pictures(facts: MonitoringFacts) -> tuple[Chart, ...]:
    alarmed = [Moment(batch.name, float(_alarmed(batch)), alarm=_alarmed(batch) > 0) for batch in facts.batches]
    rows = [Moment(batch.name, float(batch.rows)) for batch in facts.batches]
    apart = [
        Moment(batch.name, None)
        if batch.prediction is None
        else Moment(batch.name, batch.prediction.effect, alarm=batch.prediction.alarm)
        for batch in facts.batches
    ]
    told = [
        Moment(batch.name, None)
        if batch.domain is None
        else Moment(batch.name, batch.domain.auc, batch.domain.interval, batch.domain.alarm)
        for batch in facts.batches
    ]
    charts = (
        _performance_over_time(facts),
        timeline_chart("drifting", "Columns in alarm", "columns in alarm", alarmed, 0.0),
        timeline_chart("prediction-drift", "Predictions apart from the out-of-fold ones", "distance", apart),
        timeline_chart("classifier", "Told from training rows", "ROC AUC", told, 0.5),
        timeline_chart("volume", "Rows", "rows", rows),
    )
    return tuple(chart for chart in charts if chart is not None)


def _performance_over_time(facts: MonitoringFacts) -> Chart | None:
    found = [(batch.name, batch.performance) for batch in facts.batches]
    promised = next((each.promised for _, each in found if each is not None), None)
    title = METRICS[facts.metric].title
    moments = [
        Moment(name, None) if each is None else Moment(name, each.value, each.interval, each.alarm)
        for name, each in found
    ]
    return timeline_chart("performance", f"{title} over time", title, moments, promised)
