"""What the user may say about an input beforehand; everything else is found out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from automl.errors import UsageError
from automl.inputs import is_database_address

__all__ = ["ReadOptions"]


@dataclass(frozen=True)
class ReadOptions:
    """How an input is written and reached, as far as the user says so. ``None`` means: find out.

    Attributes
    ----------
    delimiter, quote, encoding : str or None
    has_header : bool or None
    columns : tuple of str
        Names that the header holds, such as the target's or those a model knows: where several rows may be the header,
        it is the first one with most of them.
    skip_rows : int or None
        Lines before the header row (or the first row, without a header).
    decimal, thousands : str or None
        The marks of the file's numbers.
    sheet : str or None
        The sheet of a workbook.
    query : str or None
        What is asked of a database.
    source_column : str or None
        A column to add that says which file each row is from.
    allow_private_addresses : bool
        Whether web addresses of this machine and of private networks may be read.
    max_seconds : float or None
        How long a download may take; None for the usual limit.

    Raises
    ------
    UsageError
        If a mark is too long, or ``skip_rows`` is negative.
    """

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    has_header: bool | None = None
    columns: tuple[str, ...] = ()
    skip_rows: int | None = None
    decimal: str | None = None
    thousands: str | None = None
    sheet: str | None = None
    query: str | None = None
    source_column: str | None = None
    allow_private_addresses: bool = False
    max_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.delimiter is not None and (not 1 <= len(self.delimiter) <= 4 or set(self.delimiter) & set("\r\n")):
            raise UsageError(
                f"The delimiter must be one to four characters. Got {self.delimiter!r} instead.",
                "For example --delimiter ';'.",
            )
        if self.quote is not None and (len(self.quote) > 1 or self.quote in ("\r", "\n")):
            raise UsageError(
                f"The quote must be one character, or empty. Got {self.quote!r} instead.", "For example --quote '\"'."
            )
        if self.skip_rows is not None and self.skip_rows < 0:
            raise UsageError(
                f"skip_rows must be 0 or more. Got {self.skip_rows} instead.", "For example --skip-rows 2."
            )
        for name, mark, marks in (("decimal", self.decimal, ".,"), ("thousands", self.thousands, "., '")):
            if mark is not None and (len(mark) != 1 or mark not in marks):
                raise UsageError(
                    f"--{name} must be one of {' '.join(repr(each) for each in marks)}. Got {mark!r} instead.",
                    f"For example --{name} ','.",
                )
        if self.decimal is not None and self.decimal == self.thousands:
            raise UsageError("--decimal and --thousands are the same mark.", "For example --decimal , --thousands .")

    def naming(self, columns: tuple[str, ...]) -> ReadOptions:
        """Return the options for an input whose header is known to hold these names."""
        return replace(self, columns=columns)

    def beside(self, source: str) -> ReadOptions:
        """Return the options for a second input: what is asked of a database is not asked of a file."""
        return self if is_database_address(source) else replace(self, query=None)
