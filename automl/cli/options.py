"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import click
from click.core import ParameterSource

from automl.cli.config import CONFIG_OPTION, load_defaults

if TYPE_CHECKING:
    from automl.cli.recording import Recording
    from automl.tables.options import ReadOptions

__all__ = [
    "NAMES",
    "SOURCES",
    "Common",
    "Number",
    "Word",
    "common_options",
    "formulas_option",
    "given_names",
    "read_options",
    "reading_options",
    "typed_options",
    "types_option",
    "weaker",
]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@dataclass
class Common:
    """What every command is told: how to answer and how much to say. Filled while the options are parsed.

    ``recording`` is what the command leaves in the run log when it ends; None for nothing.
    """

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    color: bool = True
    recording: Recording | None = None


class _Names(click.ParamType[tuple[str, ...]]):
    """Column or family names: a text is split at commas, where quotes protect a comma inside a name."""

    name = "names"

    def convert(self, value: Any, *_: object) -> tuple[str, ...]:
        """Return the names as a tuple."""
        from automl.arguments import split_names

        return value if isinstance(value, tuple) else split_names(value)

    def split_envvar_value(self, rv: str) -> list[str]:
        """Leave an environment variable in one piece; :meth:`convert` splits it at commas."""
        return [rv]


class _Sources(click.ParamType[str]):
    """Files or addresses, which may hold blanks and commas: an environment variable has one a line."""

    name = "text"

    def convert(self, value: Any, *_: object) -> str:
        """Return the source as it is written."""
        return str(value)

    def split_envvar_value(self, rv: str) -> list[str]:
        """Return the lines of an environment variable."""
        return rv.splitlines()


class Number(click.FloatRange):
    """A number, in a range where there is one; what is no number, or has no end, is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


class Word(click.Choice[str]):
    """One of some words; whatever else is given is refused with the nearest of them, or all.

    Parameters
    ----------
    what : str
        What each of them is, as in "There is no topic 'metric'."
    words : iterable of str
    """

    def __init__(self, what: str, words: Iterable[str]) -> None:
        super().__init__(tuple(words))
        self._what = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Return the word."""
        if value in self.choices:
            return str(value)
        from automl.arguments import did_you_mean
        from automl.errors import UsageError

        hint = did_you_mean(value, self.choices) or f"{self._what.capitalize()}s: {', '.join(self.choices)}."
        raise UsageError(f"There is no {self._what} '{value}'.", hint)


class _Delimiter(click.ParamType[str]):
    """One to four characters, or the name of one that is hard to type."""

    name = "char"
    spelled: ClassVar = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the characters."""
        character: str = self.spelled.get(value, value)
        if not 1 <= len(character) <= 4:
            names = ", ".join(self.spelled)
            self.fail(f"must be one to four characters, or one of {names}. Got {value!r}.", param, ctx)
        return character


NAMES = _Names()
SOURCES = _Sources()
#: Where a value may come from, the weakest first.
_STRENGTHS = (ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT, ParameterSource.COMMANDLINE)
_READING = (
    *("delimiter", "quote", "encoding", "skip_rows", "decimal", "thousands", "sheet", "query", "source_column"),
    "allow_private_addresses",
)


def given_names(groups: tuple[tuple[str, ...], ...]) -> tuple[str, ...] | None:
    """Join the names of a repeated option; None where it was not given."""
    return tuple(dict.fromkeys(name for group in groups for name in group)) or None


def typed_options(names: Iterable[str]) -> list[str]:
    """Return which options of this command were typed, not taken from the environment or from a file of defaults."""
    context = click.get_current_context()
    return [name for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]


def weaker(context: click.Context, given: Sequence[str]) -> list[str]:
    """Return which of given options that exclude each other give way: a flag beats the environment beats the file.

    Parameters
    ----------
    context : click.Context
    given : sequence of str
        Their names as parameters.

    Raises
    ------
    UsageError
        If several of them come from the strongest source.
    """
    strengths = {name: _strength(context, name) for name in given}
    strongest = [name for name in given if strengths[name] == max(strengths.values())]
    if len(strongest) > 1:
        from automl.arguments import option_name
        from automl.errors import UsageError

        raise UsageError(f"{' and '.join(map(option_name, strongest))} exclude each other.", "Give one of them.")
    return [name for name in given if name not in strongest]


def _strength(context: click.Context, name: str) -> int:
    source = context.get_parameter_source(name)
    return -1 if source not in _STRENGTHS else _STRENGTHS.index(source)


def common_options(function: Decorated) -> Decorated:
    """Add ``--json``, ``--quiet``, ``--verbose``, ``--no-color`` and ``--config``."""
    options = (
        _switch("--json", "json", True, "Print one JSON object to standard output."),
        _switch(("-q", "--quiet"), "quiet", True, "Say nothing but errors."),
        _switch(("-v", "--verbose"), "verbose", True, "Say more; show the traceback of a bug."),
        _switch("--no-color", "color", False, "No colors (also: NO_COLOR=1)."),
        click.option(
            CONFIG_OPTION,
            "config",
            metavar="FILE",
            is_eager=True,
            expose_value=False,
            callback=load_defaults,
            help="Read options from this file [default: automl.toml where there is one].",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def types_option(function: Decorated) -> Decorated:
    """Add ``--types``, for where the kind of a column is guessed wrong."""
    return click.option(
        "--types",
        type=NAMES,
        multiple=True,
        metavar="COLUMN=KIND",
        help="numeric, boolean, category, datetime, text or identifier [default: found].",
    )(function)


def reading_options(function: Decorated) -> Decorated:
    """Add the options that say how DATA is written and reached, for where the guess is wrong."""
    options = (
        click.option(
            "--delimiter",
            type=_Delimiter(),
            metavar="CHAR",
            help="What separates the cells; 'tab' for a tab [default: found].",
        ),
        click.option("--quote", metavar="CHAR", help="What quotes a cell [default: found]."),
        click.option("--encoding", metavar="NAME", help="Character encoding, such as latin-1 [default: found]."),
        click.option(
            "--skip-rows", type=click.IntRange(min=0), metavar="N", help="Lines before the header [default: found]."
        ),
        click.option("--header/--no-header", default=None, help="Whether the first row holds names [default: found]."),
        click.option("--decimal", metavar="CHAR", help="Decimal mark of the numbers, . or , [default: found]."),
        click.option("--thousands", metavar="CHAR", help="Thousands mark of the numbers [default: found]."),
        click.option("--sheet", metavar="NAME", help="Sheet of a workbook [default: the largest]."),
        click.option("--query", metavar="SQL", help="What to ask where DATA is the address of a database."),
        click.option("--source-column", metavar="NAME", help="Add a column that says which file each row is from."),
        click.option(
            "--allow-private-addresses",
            is_flag=True,
            help="Let web addresses lead to this machine and to private networks.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def formulas_option(function: Decorated) -> Decorated:
    """Add ``--escape-formulas``, for outputs that are opened in a spreadsheet."""
    return click.option(
        "--escape-formulas",
        is_flag=True,
        help="Put an apostrophe before cells that a spreadsheet would run: = + - @ tab; numbers are left alone.",
    )(function)


def read_options(raw: dict[str, Any], target: str | None = None) -> ReadOptions:
    """Take the reading options out of a command's parameters; the target is a name that the header holds."""
    from automl.tables.options import ReadOptions

    columns = () if target is None else (target,)
    return ReadOptions(has_header=raw.pop("header"), columns=columns, **{name: raw.pop(name) for name in _READING})


def _switch(names: str | tuple[str, ...], field: str, on: bool, help_text: str) -> Callable[[Decorated], Decorated]:
    """Return an option without a value that sets one field of :class:`Common`."""

    def remember(context: click.Context, _parameter: click.Parameter, given: bool) -> None:
        common = context.ensure_object(Common)
        if given:
            setattr(common, field, on)
        if common.quiet and common.verbose:
            for weak in weaker(context, ("quiet", "verbose")):
                setattr(common, weak, False)

    spelled = (names,) if isinstance(names, str) else names
    return click.option(*spelled, is_flag=True, expose_value=False, callback=remember, help=help_text)
