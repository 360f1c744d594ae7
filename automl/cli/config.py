"""Defaults from ``automl.toml``: one table a command; an unknown key is an error, never ignored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from automl.errors import UsageError

__all__ = ["CONFIG_NAME", "CONFIG_OPTION", "load_defaults"]

CONFIG_NAME = "automl.toml"
CONFIG_OPTION = "--config"


def load_defaults(context: click.Context, _parameter: click.Parameter, given: str | None) -> None:
    """Take a command's defaults from its configuration file; flags and environment variables still beat them.

    Raises
    ------
    UsageError
        If the file is missing or not TOML, or holds a table or a key that does not exist.
    """
    if context.resilient_parsing:
        return
    path = Path(given) if given else Path(CONFIG_NAME)
    if not given and not path.is_file():
        return
    context.default_map = _defaults_of(context.command, str(context.info_name), _read(path), path)


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"Cannot read '{path}': {error.strerror}.", f"Check the path given to {CONFIG_OPTION}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"'{path}' is not TOML: {error}.", 'Write it like: [fit] and below it time-budget = "10m".'
        ) from error


def _defaults_of(command: click.Command, name: str, tables: dict[str, Any], path: Path) -> dict[str, Any]:
    """Check every table's name, and the keys and values of the table of this command."""
    from automl.cli.main import COMMANDS

    for table, content in tables.items():
        if table not in COMMANDS or not isinstance(content, dict):
            raise UsageError(
                f"'{path}' has the unknown key '{table}'.",
                _nearest(table, COMMANDS)
                or f"Each key stands in a table such as [fit]; tables: {', '.join(COMMANDS)}.",
            )
    options = _settable_options(command)
    defaults = {}
    for key, value in tables.get(name, {}).items():
        option = options.get(key.replace("_", "-"))
        if option is None:
            raise UsageError(
                f"'{path}' has the unknown key '{key}' in [{name}].",
                _nearest(key, options) or f"Keys: {', '.join(options)}.",
            )
        defaults[str(option.name)] = _checked(value, option, f"'{key}' in [{name}] of '{path}'")
    return defaults


def _settable_options(command: click.Command) -> dict[str, click.Option]:
    """Return the options that a file may set, by their long name without dashes."""
    return {
        flag.removeprefix("--"): parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and CONFIG_OPTION not in parameter.opts
        for flag in parameter.opts
        if flag.startswith("--")
    }


def _checked(value: Any, option: click.Option, where: str) -> Any:
    """Return a value as click wants it: switches are true or false, lists are for repeatable options only."""
    from automl.cli.options import NAMES

    if option.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{where} must be true or false. Got {value!r}.", "Write true or false without quotes.")
        return value
    if option.multiple:
        names = value if isinstance(value, list) else [value]
        if all(isinstance(name, str) for name in names):
            return [tuple(names)] if isinstance(value, list) and option.type is NAMES else names
        raise UsageError(f"{where} must be a list of names. Got {value!r}.", 'Write it like ["a", "b"].')
    if isinstance(value, bool | dict | list):
        raise UsageError(f"{where} must be a text or a number. Got {value!r}.", 'Write it like "text" or 5.')
    return str(value)


def _nearest(name: str, candidates: Any) -> str:
    from automl.arguments import did_you_mean

    return did_you_mean(name.replace("_", "-"), candidates)
