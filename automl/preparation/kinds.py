"""What all findings of one code share."""

from __future__ import annotations

from dataclasses import dataclass

from automl.findings import Severity

__all__ = ["FindingKind"]


@dataclass(frozen=True)
class FindingKind:
    """What all findings of one code share.

    Attributes
    ----------
    code : str
        Stable snake_case code; the codes of target leaks begin with ``target_leak``.
    title : str
        What it is, in a few words.
    severity : Severity
        Unless the finding says otherwise.
    action : str
        What fit does about it, as a sentence.
    overrule : str
        What to do for another outcome, as a sentence; empty where there is nothing to overrule.
    excludes : bool
        Whether the finding's columns are left out of the features.
    """

    code: str
    title: str
    severity: Severity
    action: str
    overrule: str = ""
    excludes: bool = False
