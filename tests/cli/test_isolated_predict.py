"""``predict --isolated``: the same bytes, and the exit code of an untrusted file where its reader is killed."""

import shutil
from pathlib import Path

STORED = Path(__file__).parents[1] / "bundle" / "stored" / "format-2.automl"


def test_the_output_is_the_same_bytes(automl, tmp_path):
    shutil.copy(STORED, "model.automl")
    (tmp_path / "new.csv").write_text("age,city,income\n30,Bern,1.5\n50,Rom,\n,Oslo,2\n")
    outputs = []
    for isolated in ((), ("--isolated",)):
        done = automl("predict", "model.automl", "new.csv", "--proba", "--output", "scores.csv", *isolated)
        assert done.code == 0, done.err
        outputs.append((tmp_path / "scores.csv").read_bytes())
        assert done.err.startswith("isolated  no ") == bool(isolated)
    assert outputs[0] == outputs[1]


def test_a_reader_that_is_killed_is_5(automl, tmp_path, monkeypatch):
    from automl.bundle import isolation

    shutil.copy(STORED, "model.automl")
    (tmp_path / "new.csv").write_text("age,city\n30,Bern\n")
    monkeypatch.setattr(isolation, "_START", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    done = automl("predict", "model.automl", "new.csv", "--isolated")
    assert (done.code, done.out) == (5, "")
    assert "(SIGSEGV)" in done.error
