"""The text of a module with all that it takes from other modules of this package, as one file that stands alone.

So an exported script reads cells and computes with the code that automl does, and not with a second version of it.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from inspect import getsource

__all__ = ["gathered"]

_PACKAGE = __name__.split(".")[0]


def gathered(module: str) -> str:
    """Return the source text of a module's definitions, those it refers to first.

    Parameters
    ----------
    module : str
        Its full name. What it and everything it refers to import must be of this package or of the standard library,
        under its own name.

    Raises
    ------
    ValueError
        If a library is needed, or two things have one name.
    """
    gathering = _Gathering()
    for name in _contents(module).definitions:
        gathering.add(module, name)
    return "\n".join(sorted(gathering.imports)) + "\n\n\n" + "\n\n".join(gathering.texts) + "\n"


@dataclass
class _Contents:
    """What stands at the top of a module: the text and the node of each definition, and what each import means."""

    definitions: dict[str, tuple[str, list[ast.stmt]]] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)


@dataclass
class _Gathering:
    """What was gathered so far; a name belongs to one module."""

    texts: list[str] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    owners: dict[str, str] = field(default_factory=dict)

    def add(self, module: str, name: str) -> None:
        """Add a definition behind everything that it refers to."""
        contents = _contents(module)
        if name in contents.own:
            self.add(contents.own[name], name)
        elif name in contents.imports:
            if contents.imports[name].split()[1].split(".")[0] not in sys.stdlib_module_names:
                raise ValueError(f"{module} needs a library for what is exported: {contents.imports[name]}")
            self.imports.add(contents.imports[name])
        elif name in contents.definitions and self._is_new(module, name):
            text, nodes = contents.definitions[name]
            for other in _names(nodes):
                if other != name:
                    self.add(module, other)
            self.texts.append(text)
        elif name not in contents.definitions and _is_global(module, name):
            raise ValueError(f"{module} defines {name} in a way that is not followed")

    def _is_new(self, module: str, name: str) -> bool:
        owner = self.owners.setdefault(name, module)
        if owner != module:
            raise ValueError(f"{owner} and {module} both define {name}")
        is_new = name not in self._seen
        self._seen.add(name)
        return is_new

    _seen: set[str] = field(default_factory=set)


@lru_cache
def _contents(module: str) -> _Contents:
    text = getsource(import_module(module))
    lines = text.splitlines()
    contents = _Contents()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and f"{node.module}".split(".")[0] == _PACKAGE:
            contents.own |= {alias.name: f"{node.module}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            contents.imports |= {each.name: f"from {node.module} import {each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            contents.imports |= {each.asname or each.name: ast.unparse(ast.Import([each])) for each in node.names}
        else:
            for name in _defined(node):
                written, nodes = contents.definitions.get(name, ("", []))
                separator = "\n" if written else ""
                contents.definitions[name] = (written + separator + _written(node, lines), [*nodes, node])
    contents.definitions.pop("__all__", None)
    return contents


def _is_global(module: str, name: str) -> bool:
    return hasattr(import_module(module), name) and not hasattr(builtins, name) and not name.startswith("__")


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            yield name


def _written(node: ast.stmt, lines: list[str]) -> str:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    first = min([node.lineno, *(each.lineno for each in decorators)])
    text = "\n".join(lines[first - 1 : node.end_lineno])
    return f"\n{text}\n" if isinstance(node, ast.FunctionDef | ast.ClassDef) else text


def _names(nodes: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements mention, in their order."""
    for statement in nodes:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                yield node.id
