"""What the user may say about a file beforehand; everything else is found out."""

from __future__ import annotations

from dataclasses import dataclass

from automl.errors import UsageError

__all__ = ["ReadOptions"]


@dataclass(frozen=True)
class ReadOptions:
    """How a delimited text file is written, as far as the user says so. ``None`` means: find out.

    Attributes
    ----------
    delimiter, quote, encoding : str or None
    has_header : bool or None
    skip_rows : int or None
        Lines before the header row (or the first row, without a header).

    Raises
    ------
    UsageError
        If a mark is not one character, or ``skip_rows`` is negative.
    """

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    has_header: bool | None = None
    skip_rows: int | None = None

    def __post_init__(self) -> None:
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in "\r\n"):
            raise UsageError(
                f"The delimiter must be one character. Got {self.delimiter!r} instead.", "For example --delimiter ';'."
            )
        if self.quote is not None and (len(self.quote) > 1 or self.quote in ("\r", "\n")):
            raise UsageError(
                f"The quote must be one character, or empty. Got {self.quote!r} instead.", "For example --quote '\"'."
            )
        if self.skip_rows is not None and self.skip_rows < 0:
            raise UsageError(
                f"skip_rows must be 0 or more. Got {self.skip_rows} instead.", "For example --skip-rows 2."
            )
