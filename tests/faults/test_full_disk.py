"""A disk that fills up: the former file stays or the new one is whole, and the error says where and how much."""

import errno
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys

import pytest
from faulty_runs import QUICK, environment, run, write_table

from automl import files
from automl.bundle import Archive
from automl.bundle.archive import write_archive
from automl.errors import WriteError

MEMBERS = {f"part{number}": random.Random(number).randbytes(30_000) for number in range(4)}


class FullDisk:
    """Stands for the module ``os``: from its N-th step on, nothing that needs room on the disk works."""

    def __init__(self, step):
        self.step = step
        self.steps = 0

    def __getattr__(self, name):
        return getattr(os, name)

    def take_step(self):
        self.steps += 1
        if self.steps >= self.step:
            raise OSError(errno.ENOSPC, "No space left on device")

    def fdopen(self, descriptor, _mode):
        return io.BufferedWriter(FileOnFullDisk(descriptor, self))

    def fsync(self, descriptor):
        self.take_step()
        os.fsync(descriptor)

    def replace(self, source, target):
        self.take_step()
        os.replace(source, target)


class FileOnFullDisk(io.FileIO):
    def __init__(self, descriptor, disk):
        super().__init__(descriptor, "wb")
        self.disk = disk

    def write(self, content):
        self.disk.take_step()
        return super().write(content)


def test_wherever_the_disk_fills_up_the_former_file_stays_or_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "model.automl"
    outcomes = []
    for step in range(1, 1000):
        write_archive(path, {"number": 0}, {})
        disk = FullDisk(step)
        with monkeypatch.context() as patched:
            patched.setattr(files, "os", disk)
            try:
                write_archive(path, {"number": 1}, MEMBERS)
                outcomes.append("written")
            except WriteError:
                outcomes.append("refused")
        assert list(tmp_path.iterdir()) == [path]
        archive = Archive(path)
        assert archive.manifest["number"] == (outcomes[-1] == "written")
        assert all(archive.member(name) for name in archive.manifest["members"])
        if disk.steps < step:
            break
    # The last step of all is to sync the folder, when the file has its name already.
    assert outcomes == ["refused"] * (len(outcomes) - 2) + ["written"] * 2
    assert len(outcomes) > 10


def test_what_is_needed_is_said_to_the_byte(tmp_path, monkeypatch):
    path = tmp_path / "model.automl"
    monkeypatch.setattr(files, "os", FullDisk(3))
    with pytest.raises(WriteError) as refused:
        write_archive(path, {}, MEMBERS)
    monkeypatch.undo()
    write_archive(path, {}, MEMBERS)
    assert f"'model.automl' needs {path.stat().st_size:,} bytes in the folder '{tmp_path}'" in refused.value.message


def small_disk(folder, size, script):
    """Run a shell script where ``folder`` is a file system of so many bytes; ``automl`` is the command."""
    folder.mkdir()
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    prepared = f"""mount -t tmpfs -o size={size} none '{folder}' || exit 99
    automl() {{ '{sys.executable}' -m automl "$@"; }}
    {script}"""
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", prepared],
        cwd=folder.parent,
        env=environment(folder.parent),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 99:
        pytest.skip("no file system may be mounted here")
    return done


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is not installed")
class TestOnASmallDisk:
    def test_a_table_that_does_not_fit_leaves_the_former_one(self, tmp_path):
        write_table(tmp_path, rows=40_000)
        script = "echo former > small/out.csv; automl clean train.csv --output small/out.csv; echo $?; "
        done = small_disk(tmp_path / "small", "200k", f"{script} cat small/out.csv; ls -A small")
        assert done.stdout.splitlines() == ["74", "former", "out.csv"]
        assert re.search(r"'out.csv' needs more than [\d,]+ bytes in the folder 'small'", done.stderr), done.stderr

    def test_a_fit_whose_model_does_not_fit_keeps_its_search(self, tmp_path):
        write_table(tmp_path)
        fit = (
            f"automl fit train.csv --target churn --trials 2 {' '.join(QUICK)} --no-report --output small/train.automl"
        )
        done = small_disk(tmp_path / "small", "16k", f"{fit} --work-dir .; echo $?; ls -A small")
        assert done.stdout.splitlines() == ["74"]
        assert re.search(r"'train.automl' needs [\d,]+ bytes in the folder 'small'", done.stderr), done.stderr
        assert "--resume goes on with it" in done.stderr
        resumed = run(tmp_path, *fit.split()[1:], "--resume", "--work-dir", ".", "--output", "small/train.automl")
        assert (resumed.returncode, resumed.stdout) == (0, "small/train.automl\n"), resumed.stderr

    @pytest.mark.slow
    def test_a_search_whose_state_does_not_fit_leaves_its_best_model(self, tmp_path):
        write_table(tmp_path)
        fit = f"automl fit train.csv --target churn --trials 60 {' '.join(QUICK)} --work-dir small"
        done = small_disk(tmp_path / "small", "800k", f"{fit}; echo $?")
        assert done.stdout.splitlines() == ["train.automl", "74"], done.stderr
        assert "The search ends here." in done.stderr
        manifest = json.loads(run(tmp_path, "inspect", "train.automl", "--json").stdout)
        assert (manifest["complete"], manifest["stopped_by"]) == (False, "cannot_write")
        assert run(tmp_path, "predict", "train.automl", "train.csv").returncode == 0
