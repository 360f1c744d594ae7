"""Change the models and encoders inside model files, hashes and all, and count what comes of reading and applying them.

python tests/faults/changed_models.py [--tries 300] [--families NAMES] [--models FOLDER] [--seed 0] [--keep FOLDER]

A small model of each family and task is fitted first (kept in --models, where it is found the next time); then one
part of it is changed --tries times, in ways that keep to its format (``changes.py``). The names ``text`` and ``stored``
stand for kept files: one with LightGBM's own text, and one with models of many families. Each file is read in a process
of its own, which predicts rows and, for a regression, says what each feature adds. A changed file may be refused,
predict the same, or be another sound model; it may not end the process, take more than 30 seconds or a gigabyte more
than the sound one, or end with an error that is no refusal. --keep puts files that do into a folder.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from importlib import import_module
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import numpy as np
import pandas as pd
from changes import change_of
from damage import rehashed

FAMILIES = (
    "catboost,xgboost,lightgbm,hist_gradient_boosting,random_forest,extra_trees,linear,nearest_neighbors,"
    "multilayer_perceptron,constant"
)
PRELOADED = (
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.neighbors",
    "catboost",
    "xgboost",
    "automl.bundle.model",
    "automl.features.encoders",
    "automl.explanation.additive",
)
TASKS = ("binary", "multiclass", "regression")
#: Kept model files, and how the names end of what is changed in them: the older holds LightGBM's own text.
KEPT = {
    "text": (Path(__file__).parents[1] / "bundle" / "stored" / "format-2.automl", ".lgb.txt"),
    "stored": (Path(__file__).parents[1] / "bundle" / "stored" / "format-3.automl", ""),
}
CPU_SECONDS = 30
WALL_SECONDS = 120
GIGABYTE = 1024**3
MOST_ADDRESSES = 12 * GIGABYTE
ROWS = 240
#: What a process ends with, as its exit code says it.
OUTCOMES = ("the same", "refused", "another model", "TRACEBACK")
SURVIVED = OUTCOMES[:3]


def table():
    """Return rows with every kind of column and a target of each task."""
    draw = np.random.default_rng(3)
    frame = pd.DataFrame({f"n{number}": draw.normal(size=ROWS).round(3) for number in range(3)})
    frame["city"] = draw.choice([f"city {number}" for number in range(12)], ROWS)
    frame["plan"] = draw.choice(["a", "b", "c"], ROWS)
    frame["when"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(draw.integers(0, 900, ROWS), unit="D")
    words = np.array(["good", "bad", "slow", "quick", "kind", "rude", "late", "early"])
    frame["said"] = [" ".join(draw.choice(words, 6)) for _ in range(ROWS)]
    score = frame["n0"] - frame["n1"] + 2 * (frame["plan"] == "a") + draw.normal(size=ROWS)
    targets = {"binary": pd.qcut(score, 2, labels=["no", "yes"]), "multiclass": pd.qcut(score, 3, labels=list("xyz"))}
    return frame.mask(draw.random(frame.shape) < 0.03), {**targets, "regression": score}


def fitted(folder, family, task):
    """Return a model file of one family, fitted unless it is there already."""
    path = folder / f"{family}-{task}.automl"
    if not path.exists():
        frame, targets = table()
        frame.assign(target=targets[task]).to_csv(folder / "train.csv", index=False)
        options = ("--target", "target", "--families", family, "--trials", "2", "--folds", "2", "--no-report")
        command = (sys.executable, "-m", "automl", "fit", "train.csv", *options, "--output", path.name)
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return path


def parts_of(path, ending):
    """Return the contents of a model file by name, and the names of those that hold a model or an encoder."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    chosen = [name for name in sorted(members) if name.startswith(("models/", "encoders/")) and name.endswith(ending)]
    return members, chosen


def rows_for(path):
    """Return rows that a model predicts: of a kept file, its golden ones."""
    if path.stem.startswith("format"):
        with zipfile.ZipFile(path) as archive:
            return pd.DataFrame(json.loads(archive.read("golden.json"))["cells"], dtype="str")
    return table()[0].head(100)


def answer(path, rows):
    """Return all that a file says of rows: predictions and, for a regression, what each feature adds."""
    from automl.bundle import load_model

    model = load_model(path)
    prediction = model.predict_table(model_table(rows))
    if prediction.probabilities is not None:
        return [prediction.probabilities]
    typed = model.read(model_table(rows)).frame
    said = [np.asarray(prediction.values, dtype=np.float64)]
    able = [part for part in model.parts() if hasattr(part.fitted, "contributions") and part.encoder is not None]
    return said + [
        part.fitted.contributions(part.encoder.transform(typed.head(3)).values, part.iterations) for part in able
    ]


def model_table(rows):
    """Return rows as a table of texts."""
    from automl.tables import as_text_table

    return as_text_table(rows)


def outcome_of(path, rows, expected):
    """Return in a word what came of a file in a process of its own, and the most memory that took."""
    from automl.errors import ModelFileError

    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
        signal.alarm(WALL_SECONDS)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            said = b"".join(each.tobytes() for each in answer(path, rows))
            code = 0 if said == expected else 2
        except ModelFileError:
            code = 1
        except BaseException as error:  # noqa: BLE001 - all else is what is looked for
            print(f"    {type(error).__name__}: {error}"[:300], flush=True)
            code = 3
        os._exit(code)
    _, status, used = os.wait4(pid, 0)
    memory = used.ru_maxrss * 1024
    if os.WIFSIGNALED(status):
        number = signal.Signals(os.WTERMSIG(status))
        hung = number in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
        return ("HANG" if hung else f"CRASH {number.name}"), memory
    return OUTCOMES[os.WEXITSTATUS(status)], memory


def sound_answer(path, rows):
    """Return what the sound file says, and the memory it takes, found in a process of its own: this one needs none."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        with os.fdopen(writer, "wb") as stream:
            stream.write(b"".join(each.tobytes() for each in answer(path, rows)))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        said = stream.read()
    _, status, used = os.wait4(pid, 0)
    if status or not said:
        sys.exit(f"{path} does not predict as it is")
    return said, used.ru_maxrss * 1024


def tried(path, ending, tries, draw, keep):
    """Return how often each outcome came of changing a file."""
    members, names = parts_of(path, ending)
    rows = rows_for(path)
    expected, usual = sound_answer(path, rows)
    outcomes = Counter()
    for number in range(tries):
        name = draw.choice(names)
        changed = {**members, name: change_of(name)(members[name], draw)}
        Path("changed.automl").write_bytes(rehashed(changed))
        outcome, memory = outcome_of(Path("changed.automl"), rows, expected)
        if memory > usual + GIGABYTE:
            outcome = "TOO MUCH MEMORY"
        outcomes[outcome] += 1
        if outcome not in SURVIVED:
            print(f"    {path.stem} {number} {name}: {outcome}, {memory / GIGABYTE:.1f} GB", flush=True)
            if keep:
                shutil.copy("changed.automl", keep / f"{path.stem}-{number}.automl")
    return outcomes


def main():
    """Try, and say how many survived."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tries", type=int, default=300)
    options.add_argument("--families", default=f"{FAMILIES},{','.join(KEPT)}")
    options.add_argument("--tasks", default=",".join(TASKS))
    options.add_argument("--models", type=Path)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    keep = given.keep and given.keep.resolve()
    if keep:
        keep.mkdir(exist_ok=True)
    # What is imported here need not be imported in every process that is forked.
    for module in PRELOADED:
        import_module(module)

    total = Counter()
    with tempfile.TemporaryDirectory() as place:
        models = (given.models or Path(place)).resolve()
        models.mkdir(exist_ok=True)
        os.chdir(place)
        for family in given.families.split(","):
            for task in ("",) if family in KEPT else given.tasks.split(","):
                path, ending = KEPT[family] if family in KEPT else (fitted(models, family, task), "")
                outcomes = tried(path, ending, given.tries, random.Random(f"{given.seed} {family} {task}"), keep)
                total += outcomes
                print(f"{family} {task}: tried {given.tries}; {dict(outcomes)}", flush=True)
    survived = sum(total[outcome] for outcome in SURVIVED)
    print(f"tried {total.total()}, survived {survived}; {dict(total)}")
    sys.exit(survived < total.total())


if __name__ == "__main__":
    main()
