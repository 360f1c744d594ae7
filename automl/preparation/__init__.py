"""Preparation: the target and its task, the columns to learn from, findings, profiles, cleaning and splits."""

from automl.preparation.cleaning import CLEANING_STEPS, DEFAULT_STEPS, CleanedTable, clean
from automl.preparation.columns import PrepareRequest, require_column
from automl.preparation.prepare import PreparedData, prepare
from automl.preparation.profile import ColumnProfile, TableProfile, profile, profile_column
from automl.preparation.registry import FINDING_KINDS, FindingKind
from automl.preparation.splits import SplitPlan, plan_splits, splits_by_time, splits_from_column
from automl.preparation.target import decide_task, encode_target, read_target

__all__ = [
    "CLEANING_STEPS",
    "DEFAULT_STEPS",
    "FINDING_KINDS",
    "CleanedTable",
    "ColumnProfile",
    "FindingKind",
    "PrepareRequest",
    "PreparedData",
    "SplitPlan",
    "TableProfile",
    "clean",
    "decide_task",
    "encode_target",
    "plan_splits",
    "prepare",
    "profile",
    "profile_column",
    "read_target",
    "require_column",
    "splits_by_time",
    "splits_from_column",
]
