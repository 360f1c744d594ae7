"""Whether a model that people can read is as good as the winner, as far as the rows can tell."""

from __future__ import annotations

from automl.report.facts import CandidateFact, EstimateFact

__all__ = ["SIMPLE_FAMILIES", "simpler_candidates"]

#: What each can be read as.
SIMPLE_FAMILIES = {"linear": "a formula", "small_tree": "a handful of rules"}


def simpler_candidates(
    candidates: tuple[CandidateFact, ...], estimate: EstimateFact, baseline: float, *, greater_is_better: bool
) -> tuple[CandidateFact, ...]:
    """Return the best candidate of each simple family whose score is within the winner's interval, or better.

    Parameters
    ----------
    candidates : tuple of CandidateFact
        Best first.
    estimate : EstimateFact
        Of the winner.
    baseline : float
        The score of one answer for every row; where the winner is not shown to be better, simple is no merit.
    greater_is_better : bool

    Returns
    -------
    tuple of CandidateFact
        Best first; empty where there is none, or where the winner itself is made of nothing else.
    """
    members = {each.family for each in candidates if each.weight > 0}
    if members <= {*SIMPLE_FAMILIES, "constant"}:
        return ()
    low, high = estimate.interval
    if (low <= baseline) if greater_is_better else (high >= baseline):
        return ()
    best: dict[str, CandidateFact] = {}
    for each in candidates:
        if each.family in SIMPLE_FAMILIES and each.status == "ok" and each.score is not None:
            best.setdefault(each.family, each)
    return tuple(
        each
        for each in best.values()
        if each.as_judged is not None and (each.as_judged >= low if greater_is_better else each.as_judged <= high)
    )
