"""Where outputs may go: nothing that is read, nothing else that is written, and nowhere that cannot be written."""

import hashlib
import random
import shutil
from pathlib import Path

import pytest

from automl.cli.run import run

QUICK = ("--trials", "2", "--families", "constant,linear", "--no-log", "--quiet")


def customers(rows, seed, effect=1.0):
    """Return a table; ``effect`` is what a visit does to the chance of leaving."""
    draw = random.Random(seed)
    lines = ["age,visits,city,churn"]
    for row in range(rows):
        age, visits = draw.randint(18, 80), draw.randint(0, 9)
        leaves = (50 - age) / 15 + effect * (visits - 4.5) / 3 + draw.gauss(0, 1) > 0
        lines.append(f"{age}.{row % 10},{visits},{draw.choice(['Bern', 'Rom'])},{'Yes' if leaves else 'No'}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder with a model and its training rows."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "train.csv").write_text(customers(500, 1))
    words = ["fit", str(folder / "train.csv"), "--target", "churn", "--output", str(folder / "m.automl")]
    assert run([*words, *QUICK, "--no-report"]) == 0
    return folder


@pytest.fixture
def folder(made, automl, tmp_path):
    """Return the working folder with a copy of the model, and rows of a world that has changed since."""
    for name in ("m.automl", "train.csv"):
        shutil.copy(made / name, tmp_path / name)
    (tmp_path / "new.csv").write_text(customers(900, 2, effect=-0.4))
    return tmp_path


@pytest.fixture
def refused(folder, automl):
    """Run ``automl``, check that it refused and changed no file, and return what it said."""

    def call(code, *words):
        before = digests()
        done = automl(*words)
        assert (done.code, done.out) == (code, ""), done.err
        assert done.hint
        assert digests() == before
        return done

    return call


def digests():
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "words",
    [
        ("retrain", "m.automl", "new.csv", *QUICK[:2], "--no-log", "--report", "none/r.html"),
        ("evaluate", "m.automl", "new.csv", "--output", "none/r.html"),
        ("monitor", "m.automl", "new.csv", "--no-log", "--output", "none/r.html"),
        ("compare", "m.automl", "m.automl", "--data", "new.csv", "--output", "none/r.html"),
        ("explain", "m.automl", "new.csv", "--output", "none/r.html"),
        ("report", "m.automl", "--output", "none/r.html"),
        ("clean", "new.csv", "--output", "none/x.csv"),
        ("predict", "m.automl", "new.csv", "--output", "none/x.csv"),
    ],
    ids=lambda words: words[0],
)
def test_a_folder_that_is_missing_is_said_before_any_work(refused, words):
    assert refused(74, *words).error == "The folder 'none' does not exist."


@pytest.mark.parametrize("report", ["next.html", "./next.challenger.html"])
def test_the_report_of_a_retraining_is_no_model_file(refused, report):
    output = ("--output", "next.html", "--report", report)
    assert "cannot be both" in refused(2, "retrain", "m.automl", "new.csv", "--no-log", *output).error


def test_the_report_of_a_retraining_is_not_the_model_s_own(refused):
    Path("m.html").write_text("the model's report")
    done = refused(2, "retrain", "m.automl", "new.csv", "--no-log", "--report", "m.html")
    assert done.error == "'m.html' cannot be both the model's own report and --report."


@pytest.mark.parametrize(
    "words",
    [
        ("fit", "train.csv", "--target", "churn", "--output", "new.automl", "--log-file", "train.csv"),
        ("fit", "train.csv", "--target", "churn", "--test-data", "new.csv", "--log-file", "new.csv"),
        ("fit", "train.csv", "--target", "churn", "--output", "x.automl", "--log-file", "x.automl"),
        ("fit", "train.csv", "--target", "churn", "--report", "x.html", "--log-file", "x.html"),
        ("retrain", "m.automl", "new.csv", "--log-file", "new.csv"),
        ("retrain", "m.automl", "new.csv", "--add", "--train-data", "train.csv", "--log-file", "train.csv"),
        ("retrain", "m.automl", "new.csv", "--log-file", "m.automl"),
        ("retrain", "m.automl", "new.csv", "--log-file", "m.challenger.automl"),
        ("retrain", "m.automl", "new.csv", "--report", "r.html", "--log-file", "./r.html"),
    ],
    ids=lambda words: f"{words[0]}-{words[-1]}",
)
def test_a_log_is_not_added_to_what_is_read_or_written(refused, words):
    assert "--log-file" in refused(2, *words, *QUICK[:2], "--no-log").hint


def test_a_page_does_not_replace_the_rows_that_it_is_held_against(refused):
    Path("later.html").write_text("<table><tr><th>age</th></tr><tr><td>1</td></tr><tr><td>2</td></tr></table>")
    done = refused(2, "profile", "train.csv", "--test-data", "later.html", "--output", "later.html")
    assert done.error == "'later.html' is the test data itself."


def test_the_run_log_is_not_exported_over_itself(refused, automl):
    fit = ("fit", "train.csv", "--target", "churn", *QUICK[:4], "--runs", "own.sqlite", "--no-report", "--quiet")
    assert automl(*fit).code == 0
    for to, output in (("csv", "own.sqlite"), ("mlflow", "sqlite:///own.sqlite")):
        done = refused(2, "runs", "export", "--to", to, "--output", output, "--runs", "own.sqlite")
        assert done.error == "'own.sqlite' is the run log itself."


@pytest.mark.parametrize(
    ("options", "stays"),
    [
        (("--output", "next.automl"), True),
        (("--output", "next.automl", "--overwrite"), False),
        (("--output", "./m.automl"), False),
    ],
)
def test_only_a_report_of_what_is_replaced_is_written_again(folder, automl, options, stays):
    for name in ("next.html", "m.html"):
        Path(name).write_text("before")
    done = automl("retrain", "m.automl", "new.csv", "--no-log", "--quiet", *options)
    assert (done.code, done.out) == (0, f"{Path(options[1])}\n"), done.err
    assert (Path(options[1]).with_suffix(".html").read_text() == "before") == stays


@pytest.mark.parametrize("spelled", ["./train.csv", "absolute", "link.csv", "."])
def test_test_data_is_not_the_training_data_however_it_is_spelled(refused, folder, spelled):
    Path("link.csv").symlink_to("train.csv")
    data, test_data = ("train.csv", str(folder / "train.csv") if spelled == "absolute" else spelled)
    if spelled == ".":
        data, test_data = ".", "train.csv"
    words = ("fit", data, "--target", "churn", "--output", "x.automl", "--test-data", test_data)
    assert "is the training data itself" in refused(2, *words, *QUICK).error


def test_a_copy_of_the_training_data_is_no_test_data(refused):
    shutil.copy("train.csv", "copy.csv")
    words = ("fit", "train.csv", "--target", "churn", "--output", "x.automl", "--test-data", "copy.csv")
    assert refused(3, *words, *QUICK).error == "The test data copy.csv is a copy of the training data."
