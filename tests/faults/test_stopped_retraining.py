"""A retraining that is told to stop: the champion stays as it is, and nothing is kept to go on from."""

import json
import signal
import subprocess
import sys

from faulty_runs import QUICK, environment, left_in, run, wait_for_trials, write_table


def test_a_stopped_retraining_promotes_nothing_and_keeps_what_it_found_beside_the_champion(tmp_path):
    write_table(tmp_path)
    assert (
        run(tmp_path, "fit", "train.csv", "--target", "churn", "--trials", "2", "--no-report", *QUICK).returncode == 0
    )
    champion = (tmp_path / "train.automl").read_bytes()
    write_table(tmp_path, rows=410, name="new.csv")
    words = [sys.executable, "-m", "automl", "retrain", "train.automl", "new.csv", "--time-budget", "10m", "--verbose"]
    with (
        (tmp_path / "said.txt").open("w") as said,
        subprocess.Popen(
            words, cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        try:
            wait_for_trials(tmp_path, process)
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=300)
        finally:
            process.kill()
    assert (process.returncode, out) == (143, "train.challenger.automl\n")
    assert (tmp_path / "train.automl").read_bytes() == champion
    manifest = json.loads(run(tmp_path, "inspect", "train.challenger.automl", "--json").stdout)
    assert not manifest["complete"]
    assert "SIGTERM" in manifest["lineage"][0]["verdict"]["why"]
    assert not [name for name in left_in(tmp_path) if name.endswith((".work", ".lock"))]
