"""A model that misses ``--min-score`` is written and replaces nothing."""

import json

import pytest
from faulty_runs import QUICK, left_in, run, write_table

FIT = ("fit", "train.csv", "--target", "churn", "--trials", "2", *QUICK)
MISSED = ("--min-score", "0.99999", "--overwrite")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder in which a fit that missed its score ran where a former model and report stood."""
    folder = tmp_path_factory.mktemp("missed")
    write_table(folder)
    (folder / "train.html").write_text("the former report")
    assert run(folder, *FIT, "--no-report").returncode == 0
    return folder


@pytest.fixture(scope="module")
def missed(folder):
    former = (folder / "train.automl").read_bytes()
    done = run(folder, *FIT, *MISSED)
    return former, done


def test_it_goes_beside_the_former_model_with_its_report(folder, missed):
    former, done = missed
    assert (done.returncode, done.stdout) == (1, "train.rejected.automl\n"), done.stderr
    assert (folder / "train.automl").read_bytes() == former
    assert (folder / "train.html").read_text() == "the former report"
    assert left_in(folder) == {"train.automl", "train.html", "train.rejected.automl", "train.rejected.html"}


def test_it_is_a_model_like_any_other(folder, missed):
    manifest = json.loads(run(folder, "inspect", "train.rejected.automl", "--json").stdout)
    assert (manifest["model"], manifest["complete"]) == ("train.rejected.automl", True)
    assert run(folder, "predict", "train.rejected.automl", "train.csv").returncode == 0


def test_it_takes_a_free_name(folder):
    done = run(folder, *FIT, *MISSED, "--output", "free.automl", "--no-report")
    assert (done.returncode, done.stdout) == (1, "free.automl\n")
    (folder / "free.automl").unlink()
