"""What a fit is held against."""

import json
import subprocess
import sys


def test_the_baseline_is_a_constant_answer_even_where_no_constant_was_tried(tmp_path):
    rows = "".join(f"{number * 7 % 31},{'yes' if number % 3 else 'no'}\n" for number in range(90))
    (tmp_path / "thirds.csv").write_text("number,answer\n" + rows)
    command = [sys.executable, "-m", "automl", "fit", "thirds.csv", "--target", "answer", "--families", "linear"]
    options = ["--trials", "1", "--metric", "accuracy", "--no-report", "--json"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["baseline_score"] == 60 / 90
