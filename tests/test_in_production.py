"""The guide "In production" does what it says: its script, crontab line and units are run as they are written."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
GUIDE = README.partition("\n## In production\n")[2].partition("\n## ")[0]


def block(language, beginning=""):
    """Return the one block of the guide in a language that begins as said."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    (found,) = (each for each in blocks if each.startswith(beginning))
    return found


def customers(rows, seed, *, effect=1.0, labelled=True, without=()):
    draw = random.Random(seed)
    lines = [["age", "visits", "city", "churn"]]
    for _ in range(rows):
        age, visits = draw.randint(18, 80), draw.randint(0, 9) + (4 if effect < 0 else 0)
        leaves = (50 - age) / 15 + effect * (visits - 4.5) / 3 + draw.gauss(0, 1) > 0
        lines.append([str(age), str(visits), draw.choice(["Bern", "Rom", "Oslo"]), "Yes" if leaves else "No"])
    shown = [place for place, name in enumerate(lines[0]) if name not in without and (labelled or name != "churn")]
    return "".join(",".join(line[place] for place in shown) + "\n" for line in lines)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a home with the folder of the guide, its script, and rows to begin with."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "churn"
    for name in ("incoming", "labelled"):
        (folder / name).mkdir(parents=True)
    (folder / "daily.sh").write_text(block("sh"))
    (folder / "labelled" / "first.csv").write_text(customers(400, 1))
    return home


def run(command, home, *arguments):
    """Run a line by the shell as a scheduler would: with few variables, and small bounds of fits."""
    environment = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "AUTOML_FIT_TRIALS": "2",
        "AUTOML_FIT_FAMILIES": "constant,linear",
        **{name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
    }
    words = ["sh", "-c", command, "sh", *arguments]
    return subprocess.run(words, env=environment, cwd="/", capture_output=True, text=True, check=False)


def events(home):
    return [json.loads(line) for line in (home / "churn" / "events.jsonl").read_text().splitlines()]


def today(home):
    done = subprocess.run(["date", "+%F"], capture_output=True, text=True, check=True)
    return home / "churn" / "incoming" / f"{done.stdout.strip()}.csv"


def test_the_crontab_line_fits_a_first_champion_scores_the_day_and_watches(home):
    (line,) = block("crontab").splitlines()
    today(home).write_text(customers(200, 2, labelled=False))
    done = run(re.fullmatch(r"(?:\S+ ){5}(.*)", line)[1], home)
    assert done.returncode == 0, (home / "churn" / "daily.log").read_text()
    folder = home / "churn"
    assert (folder / "churn.automl").exists()
    assert [path.name for path in (folder / "learned").iterdir()] == ["first.csv"]
    assert len((folder / "scores" / today(home).name).read_text().splitlines()) == 201
    assert events(home)[0]["event"] == "monitor"


def test_the_service_retrains_on_an_alarm_and_the_better_challenger_becomes_the_champion(home, tmp_path):
    """The units are also checked by systemd itself where it is installed."""
    service, timer = block("ini", "# churn.service"), block("ini", "# churn.timer")
    if shutil.which("systemd-analyze"):
        for name, content in (("churn.service", service), ("churn.timer", timer)):
            (tmp_path / name).write_text(content)
        words = ["systemd-analyze", "verify", "--user", tmp_path / "churn.service", tmp_path / "churn.timer"]
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        verified = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        # What it does not understand is a line on standard error and no failure.
        assert (verified.returncode, verified.stderr) == (0, "")
    assert "OnCalendar=*-*-* 05:15" in timer
    folder = home / "churn"
    (folder / "labelled" / "later.csv").write_text(customers(900, 3, effect=-0.4))
    today(home).write_text(customers(300, 4, effect=-0.4, labelled=False))
    before = (folder / "churn.automl").read_bytes()
    line = re.search(r"^ExecStart=(.*)$", service, re.MULTILINE)[1].replace("%h", str(home))
    assert run(line, home).returncode == 0
    assert events(home)[-1] | {"day": ""} == {"day": "", "event": "retrain", "why": "alarm", "code": 0}
    assert (folder / "churn.automl").read_bytes() != before
    assert {path.name for path in (folder / "learned").iterdir()} == {"first.csv", "later.csv"}
    alarms = json.loads((folder / "monitoring.jsonl").read_text().splitlines()[-1])["alarms"]
    assert {"kind", "column", "test", "message"} <= alarms[0].keys()


def test_a_day_that_does_not_fit_is_what_the_scheduler_is_told_and_the_champion_stays(home):
    folder = home / "churn"
    (folder / "incoming" / "2025-03-03.csv").write_text(customers(200, 5, labelled=False, without=("visits",)))
    before = (folder / "churn.automl").read_bytes()
    done = run('sh "$HOME/churn/daily.sh" "$HOME/churn" 2025-03-03', home)
    assert done.returncode == 6
    assert "'visits'" in done.stderr
    assert (folder / "churn.automl").read_bytes() == before
    assert [event["code"] for event in events(home)[-2:]] == [1, 3]
