"""Facts of evaluations with something in every section, made from those of fits."""

from __future__ import annotations

from report_facts_examples import HOSTILE_NAMES, binary_facts, regression_facts

from automl.report.evaluation_facts import (
    BreakdownFact,
    EvaluationFacts,
    FairnessFact,
    LevelFact,
    OffsetFact,
    SliceFact,
    WorstRow,
)
from automl.report.facts import ReportFacts

_FIGURE = {"value": 0.41, "low": 0.36, "high": 0.46}


def evaluation_facts(facts: ReportFacts, name: str = "region") -> EvaluationFacts:
    """Return an evaluation on rows like those of the fit, its parts called ``name``."""
    labels = facts.labels
    group = {
        "group": name,
        "rows": 310,
        "reference": False,
        "selection_rate": _FIGURE,
        "impact_ratio": _FIGURE,
        "recall": None,
        "opportunity_difference": None,
        "calibration_gap": _FIGURE,
    }
    return EvaluationFacts(
        model=facts.model,
        source=facts.source,
        created=facts.created,
        target=facts.target,
        task=facts.task,
        labels=labels,
        metric=facts.metric,
        greater_is_better=facts.greater_is_better,
        rows=900,
        left_out=3,
        metrics=facts.metrics,
        baseline=dict.fromkeys(facts.metrics, 0.5),
        estimate=facts.estimate,
        within_estimate=True,
        agrees_with_estimate=True,
        target_counts=facts.target_counts,
        by=BreakdownFact(name, facts.metric, (LevelFact(name, 120, 0.8, (0.7, 0.9)), LevelFact("b", 3, None, None))),
        fairness=(FairnessFact(name, labels[1], ({**group, "group": "all", "reference": True}, group)),)
        if labels
        else (),
        offsets=(OffsetFact(name, "b", 44, -1.2, (-2.0, -0.4)),),
        slices=(SliceFact((f"{name} is “b”", "age <= 40"), 88, 0.71, 0.9, 0.4, 0.003),),
        worst=(WorstRow(17, labels[0] if labels else 3.5, labels[1] if labels else 1.5, 0.02, 3.9),),
        gains=({"share": 0.1, "probability": 0.7, "found": 0.32, "lift": 3.2},) if labels else (),
        threshold=0.4 if labels else None,
        quantiles=() if labels else ({"quantile": 0.05, "below": 0.06, "pinball": 1.2, "interval": [1.1, 1.3]},),
        per_class=tuple(
            {
                "label": each,
                "rows": 450,
                "precision": 0.8,
                "precision_interval": [0.75, 0.84],
                "recall": 0.7,
                "recall_interval": [0.66, 0.74],
                "f1": None,
                "f1_interval": None,
            }
            for each in labels
        ),
        roc=facts.roc,
        precision_recall=facts.precision_recall,
        calibration=facts.calibration,
        trade_offs=facts.trade_offs,
        confusion=facts.confusion,
        residuals=facts.residuals,
    )


def binary_evaluation() -> EvaluationFacts:
    """Return the evaluation of a classification."""
    return evaluation_facts(binary_facts())


def regression_evaluation() -> EvaluationFacts:
    """Return the evaluation of a regression."""
    return evaluation_facts(regression_facts())


def hostile_evaluation() -> EvaluationFacts:
    """Return an evaluation whose column wants to do harm."""
    return evaluation_facts(binary_facts(), HOSTILE_NAMES[0])
