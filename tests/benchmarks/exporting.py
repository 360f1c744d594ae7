"""Which winners can be exported in which form, and whether what is exported predicts what automl does.

usage: python tests/benchmarks/exporting.py [--budget 20] [--work DIR] [TABLE ...]

Every sample table is fitted as it comes, with --optimize speed and with --optimize size. Each model is exported in
every form that a model may be refused in; a script scores all rows of the table, and the largest difference from automl
predict is told. Statements and graphs were held against the model by SQLite and ONNX Runtime when they were written.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

AUTOML = (sys.executable, "-m", "automl")
SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
TARGETS = {
    "telecom_churn": "churn",
    "card_fraud": "is_fraud",
    "bike_demand": "rentals",
    "message_spam": "label",
    "breast_cancer": "diagnosis",
    "wine": "cultivar",
    "diabetes": "disease_progression",
}
AIMS = ("accuracy", "speed", "size")
FORMS = {"python": (), "sql": ("--table", "rows"), "onnx": ()}


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*AUTOML, *map(str, words)], capture_output=True, text=True, check=False)


def fitted(table: str, aim: str, budget: str, work: Path) -> Path:
    model = work / f"{table}-{aim}.automl"
    if not model.exists():
        words = ("--time-budget", budget, "--optimize", aim, "--no-report", "--no-log", "--quiet")
        done = run("fit", SAMPLES / f"{table}.csv", "--target", TARGETS[table], "--output", model, *words)
        if done.returncode:
            raise SystemExit(done.stderr)
    return model


def exported(model: Path, form: str) -> tuple[Path | None, str]:
    """Return the file, or None and why there is none."""
    place = model.with_suffix(f".{form}")
    done = run("export", model, place, "--to", form, "--overwrite", *FORMS[form])
    if done.returncode == 0:
        return place, ""
    (reason,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    if done.returncode != 2:
        raise SystemExit(f"{model}: {done.stderr}")
    return None, reason.removeprefix("error: ")


def largest_difference(model: Path, script: Path, data: Path) -> float:
    """Return by how much the script's numbers differ from automl's on a table's rows, as a share of those above 1."""
    ours, theirs = script.with_suffix(".ours.csv"), script.with_suffix(".theirs.csv")
    has_labels = '"task": "regression"' not in run("inspect", model, "--json").stdout
    proba = ["--proba"] if has_labels else []
    run("predict", model, data, "--output", ours, "--quiet", *proba)
    command = [sys.executable, "-I", "-S", str(script), str(data), "--output", str(theirs), *proba]
    subprocess.run(command, check=True)
    largest, rows = 0.0, 0
    with ours.open(newline="") as first, theirs.open(newline="") as second:
        for one, other in zip(csv.DictReader(first), csv.DictReader(second), strict=True):
            rows += 1
            for name, text in one.items():
                if name == "prediction" and has_labels:
                    if text != other[name]:
                        raise SystemExit(f"{model}: {text} is {other[name]} in the script")
                else:
                    largest = max(largest, abs(float(text) - float(other[name])) / max(1.0, abs(float(text))))
    if not rows:
        raise SystemExit(f"{model}: no rows were scored")
    return largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=list(TARGETS), metavar="TABLE")
    parser.add_argument("--budget", default="20")
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="automl-exporting-"))
    counts = dict.fromkeys(((aim, form) for aim in AIMS for form in FORMS), 0)
    for table in options.tables:
        for aim in AIMS:
            model = fitted(table, aim, options.budget, work)
            for form in FORMS:
                place, reason = exported(model, form)
                said = reason
                if place is not None:
                    counts[aim, form] += 1
                    said = f"{place.stat().st_size:,} bytes"
                    if form == "python":
                        said += f", differs by {largest_difference(model, place, SAMPLES / f'{table}.csv'):.1e}"
                print(f"{table:14} {aim:9} {form:7} {said}", flush=True)
    for (aim, form), count in counts.items():
        print(f"{aim:9} {form:7} {count} of {len(options.tables)}")


if __name__ == "__main__":
    main()
