"""The shape of the house: imports run one way, the command line starts light, every module says what it is."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "automl"
MODULES = sorted(ROOT.rglob("*.py"))

# Lowest first; a module may import from its own layer and from those below.
LAYERS = (
    ("errors", "findings", "events", "versions"),
    ("files", "locking", "inputs", "arguments", "outputs", "memory"),
    ("tables",),
    ("preparation",),
    ("features",),
    ("models",),
    ("ensemble", "evaluation"),
    ("report", "bundle", "search"),
    ("settings", "resolving"),
    ("decisions",),
    ("outcome", "remembering", "split_findings", "labelled", "explanation", "publishing", "comparing", "large_tables"),
    ("scored", "effects"),
    ("conclusions", "assessing", "state", "operate"),
    ("executors", "all_rows"),
    ("workflow", "serving", "export"),
    ("retraining",),
    ("api",),
    ("cli",),
    ("__main__",),
)
RANKS = {name: rank for rank, names in enumerate(LAYERS) for name in names}

HEAVY = (
    "pandas",
    "numpy",
    "sklearn",
    "optuna",
    "xgboost",
    "lightgbm",
    "catboost",
    "matplotlib",
    "rich",
    "scipy",
    "skops",
)
COMMANDS = (
    "fit",
    "predict",
    "evaluate",
    "inspect",
    "leaderboard",
    "explain",
    "report",
    "profile",
    "clean",
    "compare",
    "retrain",
    "monitor",
    "serve",
    "export",
    "runs",
    "verify",
    "list",
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


def imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield f"{node.module}"
            if node.module == "automl":
                yield from (f"automl.{alias.name}" for alias in node.names)


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "automl" and parts[1] in RANKS else None


def modules_loaded_by(code: str) -> set[str]:
    """Return the full names of what a fresh interpreter has imported after running ``code``."""
    probe = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text())) or not path.read_text().strip()


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent != ROOT or path.stem in RANKS], ids=name_of)
def test_imports_run_one_way(path: Path):
    relative = path.relative_to(ROOT)
    room = relative.parts[0].removesuffix(".py")
    assert room in RANKS, f"give {room} a place in LAYERS"
    imported = {room_of(module) for module in imported_modules(ast.parse(path.read_text()))} - {None}
    upward = {name for name in imported if RANKS[name] > RANKS[room]}
    assert not upward, f"{room} imports {upward} from above"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_knows_click_and_rich(path: Path):
    if path.is_relative_to(ROOT / "cli"):
        return
    libraries = {module.split(".")[0] for module in imported_modules(ast.parse(path.read_text()))}
    assert not libraries & {"click", "rich"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_optuna_lives_only_in_the_search(path: Path):
    if path.is_relative_to(ROOT / "search"):
        return
    assert "optuna" not in {module.split(".")[0] for module in imported_modules(ast.parse(path.read_text()))}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints(path: Path):
    calls = [
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert "print" not in calls


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_loads_nothing_heavy(command: str):
    arguments = [*([command] if command else []), "--help"]
    loaded = modules_loaded_by(f"from automl.cli.run import run\nassert run({arguments!r}) == 0")
    assert not loaded & set(HEAVY)


def test_importing_automl_loads_nothing_heavy():
    assert not modules_loaded_by("import automl") & set(HEAVY)


def test_predicting_loads_neither_search_nor_report_pages():
    loaded = modules_loaded_by("import automl.bundle, automl.cli.scoring, automl.tables")
    assert not {name for name in loaded if name.startswith(("automl.search", "automl.report.html", "automl.workflow"))}
