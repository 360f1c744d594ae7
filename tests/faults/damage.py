"""Damage a model file in every way, predict with each, and count how many are refused, or predict what they did.

python tests/faults/damage.py [--flips 1000] [--truncations 100] [--mutations 200] [--seed 0] [--model FILE] [--keep F]

Each file is read in a process of its own, forked from one that has imported everything, so that a crash or an endless
loop is counted and not suffered. Mutations know the file: they change values in its JSON parts or bytes of its models,
leave parts out, or put a pickle in their place that would make a file, and make hashes match. --keep puts files that
were neither refused nor predicted the same into a folder.
"""

import argparse
import hashlib
import io
import json
import os
import pickle
import random
import resource
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
STORED = Path(__file__).parents[1] / "bundle" / "stored" / "format-3.automl"
VALUES = (None, True, -1, 0, 1, 2**31, 2**63, 1e308, float("nan"), "", "../../etc/passwd", "x" * 5_000, [], {}, [[]])
CPU_SECONDS = 30
#: A file whose hashes match was made by somebody, who may as well make another model: what is held is its golden rows.
SURVIVED = ("refused", "predicts the same", "predicts the same within what golden rows allow")
GOLDEN_TOLERANCE = 1e-5
CANARY = "canary"


class Canary:
    """Unpickling it would make a file."""

    def __reduce__(self):
        return (Path.touch, (Path(CANARY),))


def flipped(content, draw):
    """Return the bytes with one of them changed."""
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ draw.randrange(1, 256)]) + content[place + 1 :]


def truncated(content, draw):
    """Return a beginning of the bytes."""
    return content[: draw.randrange(len(content))]


def mutated(content, draw):
    """Return a file that is whole, with matching hashes, and wrong inside."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name, kind = draw.choice(sorted(members.keys() - {"manifest.json"})), draw.random()
    if kind < 0.1:
        del members[name]
    elif kind < 0.15:
        members[name] = pickle.dumps(Canary())
    elif name.endswith(".json"):
        members[name] = json.dumps(with_other_value(json.loads(members[name]), draw)).encode()
    else:
        members[name] = flipped(members[name], draw)
    return rehashed(members)


def rehashed(members):
    """Return a model file of these members, the manifest's hashes made to match."""
    rest = {name: part for name, part in members.items() if name != "manifest.json"}
    listing = {name: {"sha256": hashlib.sha256(part).hexdigest(), "bytes": len(part)} for name, part in rest.items()}
    manifest = {**json.loads(members["manifest.json"]), "members": listing}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {"manifest.json": json.dumps(manifest).encode(), **rest}.items():
            archive.writestr(name, part)
    return stream.getvalue()


def with_other_value(value, draw):
    """Return a JSON value in which one value, somewhere inside, is another."""
    if isinstance(value, dict | list) and value and draw.random() < 0.9:
        key = draw.choice(list(value)) if isinstance(value, dict) else draw.randrange(len(value))
        copy = dict(value) if isinstance(value, dict) else list(value)
        copy[key] = with_other_value(value[key], draw)
        return copy
    return draw.choice(VALUES)


def answer(path, data):
    """Return what the file predicts, as an array; raise ModelFileError where it is refused."""
    from automl.bundle import load_model

    return load_model(path).predict_proba(data)


def outcome_of(path, data, expected):
    """Return in a word what reading a file in a process of its own came to."""
    from automl.errors import ModelFileError

    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 2)
        try:
            code = compared(answer(path, data), expected)
        except ModelFileError:
            code = 1
        except BaseException as error:  # noqa: BLE001 - all else is what is looked for
            print(f"    {type(error).__name__}: {error}"[:200], flush=True)
            code = 3
        os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return f"killed by signal {os.WTERMSIG(status)}"
    return ("predicts the same", "refused", "PREDICTS OTHERWISE", "TRACEBACK", SURVIVED[2])[os.WEXITSTATUS(status)]


def compared(predicted, expected):
    """Return the exit code that says how predictions compare with the expected ones."""
    import numpy as np

    if predicted.tobytes() == expected:
        return 0
    known = np.frombuffer(expected).reshape(predicted.shape)
    return 4 if np.allclose(predicted, known, rtol=GOLDEN_TOLERANCE, atol=GOLDEN_TOLERANCE) else 2


def expected_answer(path, data):
    """Return what the sound file predicts, found out in a process of its own: this one must not have threads."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, answer(path, data).tobytes())
        os._exit(0)
    os.close(writer)
    os.wait()
    with os.fdopen(reader, "rb") as stream:
        return stream.read()


def rows_of(path):
    """Return rows to predict: the file's own golden ones."""
    import pandas as pd

    with zipfile.ZipFile(path) as archive:
        return pd.DataFrame(json.loads(archive.read("golden.json"))["cells"], dtype="str")


def main():
    """Try, and say how many survived."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--flips", type=int, default=1000)
    options.add_argument("--truncations", type=int, default=100)
    options.add_argument("--mutations", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--model", type=Path, default=STORED)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    # What is imported here need not be imported in every process that is forked.
    import automl.bundle.model  # noqa: F401
    from automl.models.booster_imports import import_boosters

    import_boosters(("lightgbm", "xgboost"))
    draw, content, data = random.Random(given.seed), given.model.read_bytes(), rows_of(given.model)
    expected = expected_answer(given.model, data)
    failures = 0
    kept = given.keep and given.keep.resolve()
    if kept:
        kept.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        for damage, count in ((flipped, given.flips), (truncated, given.truncations), (mutated, given.mutations)):
            outcomes = Counter()
            for number in range(count):
                Path("damaged.automl").write_bytes(damage(content, draw))
                outcome = outcome_of(Path("damaged.automl"), data, expected)
                outcomes[outcome] += 1
                if kept and outcome not in SURVIVED:
                    shutil.copy("damaged.automl", kept / f"{damage.__name__}-{number}.automl")
                if number % 100 == 99:
                    print(f"    {number + 1} {damage.__name__}: {dict(outcomes)}", flush=True)
            survived = sum(outcomes[outcome] for outcome in SURVIVED)
            strangers = sorted({each.name for each in Path().iterdir()} - {"damaged.automl"})
            failures += count - survived + len(strangers)
            print(
                f"{damage.__name__}: tried {count}, survived {survived}; {dict(outcomes)} {strangers or ''}", flush=True
            )
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
