"""Whether a model that can be read as a formula is as good as the winner, as far as the rows can tell."""

from __future__ import annotations

from automl.report.facts import CandidateFact, EstimateFact

__all__ = ["SIMPLE_FAMILIES", "simpler_candidate"]

SIMPLE_FAMILIES = ("linear",)


def simpler_candidate(
    candidates: tuple[CandidateFact, ...], estimate: EstimateFact, *, greater_is_better: bool
) -> CandidateFact | None:
    """Return the best simple candidate whose score is within the winner's interval, or better than all of it.

    Parameters
    ----------
    candidates : tuple of CandidateFact
        Best first.
    estimate : EstimateFact
        Of the winner.
    greater_is_better : bool

    Returns
    -------
    CandidateFact or None
        None where there is none, or where the winner itself is made of nothing else.
    """
    members = {each.family for each in candidates if each.weight > 0}
    if members <= {*SIMPLE_FAMILIES, "constant"}:
        return None
    low, high = estimate.interval
    for each in candidates:
        if each.family in SIMPLE_FAMILIES and each.status == "ok" and each.score is not None:
            return each if (each.score >= low if greater_is_better else each.score <= high) else None
    return None
