"""The settings of a fit: every option as it was resolved, frozen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.inputs import public_name

if TYPE_CHECKING:
    from automl.tables.options import ReadOptions

__all__ = ["DEFAULT_TIME_BUDGET", "DEVICES", "EXECUTORS", "FitSettings"]

DEFAULT_TIME_BUDGET = 300.0
#: Where the tasks of a search may be carried out.
EXECUTORS = ("local", "dask")
#: What models may be fitted on: the processor, a GPU where one is found, a GPU that is missed where there is none.
DEVICES = ("cpu", "auto", "gpu")


@dataclass(frozen=True)
class FitSettings:
    """Everything a fit was asked to do.

    Attributes
    ----------
    data : str
        A path, an address, or ``"-"`` for standard input; an address may hold a password, so it is shown and stored as
        :attr:`data_name`.
    target : str
        The column to predict.
    output : Path
        Where the model file goes.
    report : Path or None
        Where the report goes; None for no report.
    time_budget : float or None
        Seconds for the whole command; None where only ``trials`` bounds the search.
    trials : int or None
        Number of candidates to try; None where only time bounds the search.
    patience : int or None
        Tuned candidates in a row without a gain after which the search ends; 0 for never, None where the rows decide.
    metric : str or None
        What the search optimises; None for the task's default.
    task : str or None
        ``"binary"``, ``"multiclass"`` or ``"regression"``; None where the target decides.
    families : tuple of str
        Model families to try.
    seed : int
        Of every random draw.
    folds : int or None
        Number of cross-validation folds; None where the size of the data decides.
    holdout : float or None
        Share of the rows that validates instead of folds.
    test_data : str or None
        A file of labelled rows that only the estimate sees.
    group, time, weight, fold_column : str or None
        Columns that steer the splits and the loss.
    time_gap : str or None
        How much time lies at least between training and validation rows, as ``"7d"`` or, of numbers, ``"30"``.
    drop, identifiers : tuple of str
        Columns that are not features.
    types : tuple of str
        Kinds of columns as the user states them, such as ``"zip=category"``.
    monotone : tuple of str
        Columns in which predictions may only rise or only fall, such as ``"income=+"``.
    class_weight : str or None
        ``"balanced"`` or None.
    optimize : str
        ``"accuracy"`` for the best blend; ``"speed"`` or ``"size"`` for one quick or small model.
    costs : str or None
        What a false alarm and a missed positive row cost, as ``"fp=1,fn=5"``.
    threshold_for : str or None
        The recall or precision that the threshold is to reach, as ``"recall=0.9"``.
    interval_by : str or None
        The column whose values get bounds of their own.
    positive : str or None
        The positive label of a binary task.
    min_score : float or None
        The estimate that must be reached, in the metric's own units.
    jobs : int or None
        Worker processes; None for one per core.
    executor : str
        ``"local"`` for processes of this machine, ``"dask"`` for a cluster.
    scheduler : str or None
        The address of the cluster's scheduler, or the file that it wrote.
    device : str
        ``"cpu"`` for the processor, ``"auto"`` for a GPU where one is found, ``"gpu"`` for one that is asked for.
    overwrite : bool
        Whether an existing output is replaced, and the state of an unfinished search with it.
    resume : bool
        Whether an unfinished search goes on.
    stated_bounds : bool
        Whether time or trials were stated, and are not the default.
    max_memory : int or None
        Bytes that the fit may use; None for what the machine or its control group allows.
    work_dir : Path or None
        Folder for state; None for one beside the output.
    sign_key : Path or None
        The private key that signs the model file.
    drop_duplicates : bool
        Whether repeated rows are dropped instead of kept in one fold.
    no_reference_rows : bool
        Whether the model file holds no training rows, not even a few to compare later ones with.
    delimiter, quote, encoding : str or None
        How the file is written; None where it is found.
    skip_rows : int or None
        Lines before the header; None where it is found.
    header : bool or None
        Whether the first row holds names; None where it is found.
    decimal, thousands : str or None
        The marks of the file's numbers; None where they are found.
    sheet : str or None
        The sheet of a workbook; None for the largest.
    query : str or None
        What is asked of a database.
    source_column : str or None
        A column to add that says which file each row is from.
    allow_private_addresses : bool
        Whether web addresses of this machine and of private networks may be read.
    """

    data: str
    target: str
    output: Path
    report: Path | None = None
    time_budget: float | None = DEFAULT_TIME_BUDGET
    trials: int | None = None
    patience: int | None = None
    metric: str | None = None
    task: str | None = None
    families: tuple[str, ...] = ()
    seed: int = 0
    folds: int | None = None
    holdout: float | None = None
    test_data: str | None = None
    group: str | None = None
    time: str | None = None
    time_gap: str | None = None
    weight: str | None = None
    fold_column: str | None = None
    drop: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    monotone: tuple[str, ...] = ()
    class_weight: str | None = None
    optimize: str = "accuracy"
    positive: str | None = None
    costs: str | None = None
    threshold_for: str | None = None
    interval_by: str | None = None
    min_score: float | None = None
    jobs: int | None = None
    executor: str = "local"
    scheduler: str | None = None
    device: str = "cpu"
    overwrite: bool = False
    resume: bool = False
    stated_bounds: bool = field(default=True, compare=False)
    max_memory: int | None = None
    work_dir: Path | None = None
    sign_key: Path | None = None
    drop_duplicates: bool = False
    no_reference_rows: bool = False
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    skip_rows: int | None = None
    header: bool | None = None
    decimal: str | None = None
    thousands: str | None = None
    sheet: str | None = None
    query: str | None = None
    source_column: str | None = None
    allow_private_addresses: bool = False

    @property
    def data_name(self) -> str:
        """What to call the data; of an address without what is secret in it."""
        return public_name(self.data)

    def read_options(self) -> ReadOptions:
        """Return how the data files are to be read."""
        from automl.tables.options import ReadOptions

        return ReadOptions(
            delimiter=self.delimiter,
            quote=self.quote,
            encoding=self.encoding,
            skip_rows=self.skip_rows,
            has_header=self.header,
            columns=(self.target,),
            decimal=self.decimal,
            thousands=self.thousands,
            sheet=self.sheet,
            query=self.query,
            source_column=self.source_column,
            allow_private_addresses=self.allow_private_addresses,
            max_seconds=self.time_budget,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON-ready values, without what is secret in addresses and without the key's place."""
        values = {name: _json_ready(value) for name, value in asdict(self).items() if name != "sign_key"}
        test_data = None if self.test_data is None else public_name(self.test_data)
        return {**values, "data": self.data_name, "test_data": test_data}


def _json_ready(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value
