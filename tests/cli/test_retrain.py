"""Champions and challengers: whole retrainings on rows with known changes, and what stands afterwards."""

import hashlib
import json
import os
import random
import shlex
import shutil
import signal
from io import StringIO

import pandas as pd
import pytest

from automl.bundle import read_manifest
from automl.bundle.archive import Archive, write_archive
from automl.cli.commands import retrain as retrain_command
from automl.cli.run import run
from automl.locking import output_lock
from automl.operate import settling
from automl.operate.champion import open_champion
from automl.operate.earlier_rows import copies_note
from automl.tables import table_from_frame

HEADER = "age,visits,city,seen,customer,churn"
FIT = ("--trials", "2", "--families", "constant,linear", "--no-log")


def customers(rows, seed, *, effect=1.0, youngest=18, first_day=0):
    """Return rows as lists of cells; ``effect`` is what a visit does to the chance of leaving."""
    draw = random.Random(seed)
    made = []
    for row in range(rows):
        age, visits = draw.randint(youngest, 80), draw.randint(0, 9)
        leaves = (50 - age) / 15 + effect * (visits - 4.5) / 3 + draw.gauss(0, 1) > 0
        day = first_day + row * 60 // rows
        seen = f"2024-{1 + day // 28:02}-{1 + day % 28:02}"
        city = draw.choice(["Bern", "Rom", "Oslo"])
        made.append([f"{age}.{row % 10}", str(visits), city, seen, f"c{row // 4}-{seed}", "Yes" if leaves else "No"])
    return made


def text(rows, without=("seen", "customer")):
    names = HEADER.split(",")
    kept = [place for place, name in enumerate(names) if name not in without]
    lines = [[names[place] for place in kept], *([row[place] for place in kept] for row in rows)]
    return "\n".join(",".join(line) for line in lines) + "\n"


def table_of(rows):
    return table_from_frame(pd.read_csv(StringIO(text(rows)), dtype="str"))


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a champion that knows that visits drive customers away, and its training rows."""
    folder = tmp_path_factory.mktemp("champions")
    (folder / "train.csv").write_text(text(customers(500, 1)))
    words = ["fit", str(folder / "train.csv"), "--target", "churn", "--output", str(folder / "champion.automl")]
    assert run([*words, *FIT, "--no-report", "--quiet"]) == 0
    return folder


@pytest.fixture
def retrained(folder, automl, tmp_path):
    """Retrain a copy of the champion on rows given as text, and return the outcome."""

    def retrain(content, *options):
        shutil.copy(folder / "champion.automl", tmp_path / "model.automl")
        (tmp_path / "new.csv").write_text(content)
        return automl("retrain", "model.automl", "new.csv", "--no-log", *options)

    return retrain


def test_a_challenger_that_is_shown_to_be_better_takes_the_champion_s_place(folder, automl, tmp_path):
    shutil.copy(folder / "champion.automl", tmp_path / "model.automl")
    (tmp_path / "model.html").write_text("the champion's report")
    (tmp_path / "new.csv").write_text(text(customers(900, 2, effect=-0.4)))
    log = ("--runs", "runs.sqlite")
    done = automl("retrain", "model.automl", "new.csv", "--json", "--report", "why.html", *log)
    said = json.loads(done.out)
    assert done.code == 0
    assert said["verdict"]["promoted"]
    assert said["verdict"]["interval"][0] > 0
    assert said["verdict"]["rows"] == pytest.approx(300, abs=5)  # equal rows stay together
    assert "drawn by the seed" in said["held_back"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "model.automl",
        "model.html",
        "new.csv",
        "runs.sqlite",
        "why.html",
    }
    assert "The challenger was promoted" in (tmp_path / "why.html").read_text()
    assert "the champion's report" not in (tmp_path / "model.html").read_text()

    own, parent = read_manifest(tmp_path / "model.automl")["lineage"]
    assert own["verdict"] == said["verdict"]
    assert (own["sha256"], own["rows"], own["data"][0]["sha256"]) == (
        "",
        said["fitted_rows"],
        digest(tmp_path / "new.csv"),
    )
    assert said["fitted_rows"] == 900 - said["verdict"]["rows"]
    assert (parent["sha256"], parent["verdict"]) == (digest(folder / "champion.automl"), None)
    assert parent["data"] == [{"name": "train.csv", "sha256": digest(folder / "train.csv"), "rows": 500}]

    (line,) = json.loads(automl("runs", "list", "--target", "churn", *log, "--json").out)["runs"]
    assert (line["kind"], line["exit_code"], line["details"]["promoted"]) == ("retrain", 0, True)
    assert "promoted" in automl("inspect", "model.automl").out
    assert automl("report", "model.automl", "--output", "again.md").code == 0
    assert "Held against the one before" in (tmp_path / "again.md").read_text()


def test_a_challenger_that_is_not_told_apart_stands_beside_the_champion(retrained, folder, tmp_path):
    done = retrained(text(customers(600, 3)))
    assert (done.code, done.out) == (1, "model.challenger.automl\n")
    assert digest(tmp_path / "model.automl") == digest(folder / "champion.automl")
    assert "not shown to be better" in done.err
    verdict = read_manifest(tmp_path / "model.challenger.automl")["lineage"][0]["verdict"]
    low, high = verdict["interval"]
    assert low < 0 < high
    assert not verdict["promoted"]


def test_a_file_that_holds_the_training_rows_too_is_said_to(folder):
    rows = [*customers(500, 1)[:200], *customers(200, 3)]
    champion = open_champion(folder / "champion.automl")
    assert "of the training rows" in copies_note(champion, table_of(rows))
    assert "not known" in copies_note(champion, table_of(rows[200:]))


def test_by_not_worse_it_may_replace_a_champion_that_it_is_close_to(retrained):
    done = retrained(text(customers(1_500, 3)), "--promote-if", "not-worse", "--json")
    verdict = json.loads(done.out)["verdict"]
    assert (done.code, verdict["promoted"]) == (0, True)
    assert verdict["interval"][0] > -verdict["margin"]
    assert verdict["margin"] == pytest.approx(0.05 * (verdict["champion"] - verdict["baseline"]), rel=0.3)


def test_rows_with_shuffled_labels_promote_nothing(retrained, folder, tmp_path):
    rows = customers(900, 4)
    labels = [row[-1] for row in rows]
    random.Random(5).shuffle(labels)
    done = retrained(
        text([[*row[:-1], label] for row, label in zip(rows, labels, strict=True)]), "--promote-if", "not-worse"
    )
    assert done.code == 1
    assert "no better than chance" in done.err
    assert digest(tmp_path / "model.automl") == digest(folder / "champion.automl")


def test_a_column_that_went_silent_promotes_nothing(retrained):
    content = text([[*row[:1], "5", *row[2:]] for row in customers(900, 6)])
    done = retrained(content, "--promote-if", "not-worse", "--json")
    assert done.code == 1
    assert "'visits' has the same value" in json.loads(done.out)["verdict"]["why"]


def test_earlier_rows_are_learned_from_and_never_compared_on(folder, retrained):
    earlier, new = customers(500, 1), customers(300, 8, effect=-0.4)
    done = retrained(text([*earlier[:50], *new]), "--add", "--train-data", folder / "train.csv", "--json")
    said = json.loads(done.out)
    assert said["added"]
    assert (said["earlier_rows"], said["new_rows"]) == (500, 350)
    assert said["fitted_rows"] == 850 - said["verdict"]["rows"]
    assert said["verdict"]["rows"] <= 160
    assert [each["name"] for each in said["lineage"][0]["data"]] == ["train.csv", "new.csv"]
    assert not [note for note in said["notes"] if "--train-data" in note]


def test_tables_larger_than_the_memory_share_the_room_and_that_is_said(folder, retrained, monkeypatch, tmp_path):
    monkeypatch.setattr("automl.large_tables.room_for_cells", lambda stated: 25_000)
    new = text(customers(3_000, 8, effect=-0.4))
    done = retrained(new, "--add", "--train-data", folder / "train.csv", "--json", "--promote-if", "not-worse")
    said = json.loads(done.out)
    assert said["new_rows"] < 3_000
    assert said["earlier_rows"] < 500
    assert [note for note in said["notes"] if note.startswith("The earlier table has 500 rows")]
    manifest = read_manifest(tmp_path / "model.automl")
    assert manifest["drawn_from"] == 3_500
    assert manifest["rows"] < 1_500
    assert "rows_drawn" in {finding["code"] for finding in manifest["findings"]}


def test_adding_needs_the_earlier_rows(retrained):
    done = retrained(text(customers(300, 8)), "--add")
    assert done.code == 2
    assert "--train-data" in done.hint


def test_a_column_that_the_champion_uses_must_be_there(retrained):
    done = retrained(text(customers(300, 8), without=("seen", "customer", "age")))
    assert done.code == 6
    assert "'age'" in done.error


@pytest.mark.parametrize(("rows", "words"), [(100, "too few"), (500, "is what the champion was fitted on")])
def test_too_few_rows_and_the_training_rows_themselves_are_refused(retrained, rows, words):
    done = retrained(text(customers(rows, 1)))
    assert done.code == 3
    assert words in done.error


def test_new_rows_of_one_class_alone_are_refused(retrained):
    for label in ("Yes", "No"):
        done = retrained(text([[*row[:-1], label] for row in customers(300, 9)]))
        assert done.code == 3
        assert "of any second class" in done.error


def test_a_signed_champion_needs_a_key_for_the_one_that_takes_its_place(folder, automl, tmp_path):
    opened = Archive(folder / "champion.automl")
    members = {name: opened.member(name) for name in opened.manifest["members"]}
    write_archive(tmp_path / "model.automl", opened.manifest, members, lambda _: {"algorithm": "ed25519"})
    (tmp_path / "new.csv").write_text(text(customers(300, 8)))
    done = automl("retrain", "model.automl", "new.csv", "--no-log")
    assert done.code == 2
    assert "--sign-key" in done.hint


def test_a_champion_that_is_being_written_is_left_alone(retrained, tmp_path):
    with output_lock(tmp_path / "model.automl"):
        assert retrained(text(customers(300, 8))).code == 75


@pytest.fixture(scope="module")
def steered(tmp_path_factory):
    """Return a champion whose rows belong to customers and have a day."""
    folder = tmp_path_factory.mktemp("steered")
    (folder / "train.csv").write_text(text(customers(400, 1), without=()))
    words = ["fit", str(folder / "train.csv"), "--target", "churn", "--output", str(folder / "champion.automl")]
    words += ["--time", "seen", "--group", "customer"]
    assert run([*words, *FIT, "--no-report", "--quiet"]) == 0
    return folder / "champion.automl"


def test_where_there_is_time_the_newest_rows_are_held_back_and_their_groups_with_them(steered, automl, tmp_path):
    rows = customers(600, 2, first_day=60)
    (tmp_path / "new.csv").write_text(text(rows, without=()))
    shutil.copy(steered, tmp_path / "model.automl")
    said = json.loads(automl("retrain", "model.automl", "new.csv", "--no-log", "--json").out)
    held = said["verdict"]["rows"]
    assert "the newest by 'seen'" in said["held_back"]
    newest = sorted(rows, key=lambda row: row[3])[-held:]
    groups = {row[4] for row in newest}
    assert said["fitted_rows"] == sum(row[4] not in groups for row in rows)


def test_the_command_of_a_retraining_repeats_how_the_rows_were_read_and_what_was_allowed(retrained, automl, tmp_path):
    given = ["--jobs", "1", "--device", "cpu", "--max-memory", "2GB", "--delimiter", ";", "--header", "--decimal", "."]
    done = retrained(text(customers(300, 3)).replace(",", ";"), *given)
    assert automl("report", done.out.strip(), "--output", "report.json").code == 0
    words = shlex.split(json.loads((tmp_path / "report.json").read_text())["command"])
    assert words[:4] == ["automl", "retrain", "model.automl", "new.csv"]
    assert words[-len(given) :] == given


def terminated_before(monkeypatch, module, name):
    """Have this process sent a signal when a function of a module is called."""
    called = getattr(module, name)

    def call(*arguments):
        os.kill(os.getpid(), signal.SIGTERM)
        return called(*arguments)

    monkeypatch.setattr(module, name, call)


def test_a_signal_after_the_search_promotes_nothing(retrained, folder, tmp_path, monkeypatch):
    terminated_before(monkeypatch, settling, "score_both")
    done = retrained(text(customers(900, 2, effect=-0.4)))
    assert (done.code, done.out) == (143, "model.challenger.automl\n")
    assert digest(tmp_path / "model.automl") == digest(folder / "champion.automl")
    why = read_manifest(tmp_path / "model.challenger.automl")["lineage"][0]["verdict"]["why"]
    assert why == "SIGTERM came before anything was promoted."


def test_a_signal_once_the_challenger_stands_leaves_the_exit_code_of_a_promotion(retrained, monkeypatch):
    terminated_before(monkeypatch, retrain_command, "_record")
    done = retrained(text(customers(900, 2, effect=-0.4)))
    assert (done.code, done.out) == (0, "model.automl\n")
