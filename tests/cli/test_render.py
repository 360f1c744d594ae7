"""What people see: numbers, tables, progress lines, the event log."""

import io
import json
import sys

import pytest

from automl.cli.options import Common
from automl.cli.render import progress
from automl.cli.render.event_log import logged
from automl.cli.render.numbers import duration, interval, percent, score
from automl.cli.render.progress import PlainSink, progress_sink
from automl.cli.render.streams import print_json, say, visible
from automl.cli.render.summary import fit_summary
from automl.cli.render.tables import print_pairs, print_table
from automl.errors import WriteError
from automl.events import Note, PhaseStarted, SearchProgress, Silent, TrialFinished
from automl.workflow import FitResult

PROGRESS = SearchProgress(trials=7, best_score=0.91234, seconds_left=42.0, trying=("xgboost", "linear"))
PROGRESS_LINE = "7 candidates, best score 0.9123, 42 s left, trying xgboost, linear\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


class BrokenStream(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


@pytest.fixture
def on_terminal(monkeypatch):
    """Return a function that makes terminals of both streams; the test calls it, as pytest sets its own before."""

    def install():
        monkeypatch.setattr(sys, "stdout", Terminal())
        monkeypatch.setattr(sys, "stderr", Terminal())

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return install


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.84321, "0.8432"),
        (1.0, "1.000"),
        (3.14159, "3.142"),
        (123.456, "123.5"),
        (12345.678, "12,345.7"),
        (-0.5, "-0.5000"),
        (0.0, "0.0000"),
        (0.00001234, "1.234e-05"),
        (2.5e12, "2.500e+12"),
        (None, "-"),
        (float("nan"), "-"),
    ],
)
def test_a_score_keeps_four_digits(value, text):
    assert score(value) == text


@pytest.mark.parametrize(("value", "warned"), [(0.7556, True), (0.6, False)])
def test_a_fit_warns_where_the_model_is_no_better_than_always_answering_the_same(capsys, tmp_path, value, warned):
    estimate = {"metric": "log_loss", "value": value, "interval": [0.5, 0.9], "method": "holdout", "rows": 200}
    manifest = {"metric": "log_loss", "greater_is_better": False, "estimate": estimate, "baseline_score": 0.7014}
    ended = {"trials": 1, "complete": True, "seconds": 2.0, "stopped_by": "trials", "features": [], "findings": []}
    fit_summary(FitResult(tmp_path / "m.automl", None, {**manifest, **ended}, min_score_met=True), Common())
    told = "warning: The model is no better than always answering the same (log_loss 0.7556 against 0.7014)"
    assert (told in capsys.readouterr().err) == warned


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0.0 s"),
        (0.83, "0.8 s"),
        (48.2, "48 s"),
        (59.7, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (3600, "1 h"),
    ],
)
def test_a_duration_is_easy_to_read(seconds, text):
    assert duration(seconds) == text


def test_an_interval_has_both_ends():
    assert interval([0.1, 0.2]) == "0.1000 to 0.2000"


def test_a_share_of_nothing_is_no_number():
    assert (percent(1, 8), percent(0, 0)) == ("12.5 %", "-")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb", "a\\nb"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("grün 表", "grün 表"),
        ("\x9b2J", "\\x9b2J"),
    ],
)
def test_control_characters_are_written_as_escapes(text, safe):
    assert visible(text) == safe


def test_json_has_a_schema_version_and_no_nan(capsys):
    print_json({"value": float("nan"), "low": float("-inf"), "names": ("a",)})
    assert json.loads(capsys.readouterr().out) == {"schema_version": 1, "value": None, "low": None, "names": ["a"]}


def test_json_takes_numpy_values(capsys):
    import numpy as np

    print_json({"a": np.float64(1.5), "b": np.array([1, 2]), "c": np.int64(3)})
    assert json.loads(capsys.readouterr().out) == {"schema_version": 1, "a": 1.5, "b": [1, 2], "c": 3}


def test_a_reader_of_standard_error_that_has_gone_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stderr", BrokenStream())
    say("nobody hears this")


def test_a_piped_table_is_plain_and_aligned(capsys):
    print_table("Title", ("name", "count"), [("a", 1), ("bb", 100)], Common(), numeric=("count",))
    assert capsys.readouterr().out == "Title\n  name  count\n  a         1\n  bb      100\n\n"


def test_a_piped_table_without_rows_is_its_heading(capsys):
    print_table("Title", ("name",), [], Common())
    assert capsys.readouterr().out == "Title\n  name\n\n"


def test_a_table_on_a_terminal_is_drawn(on_terminal):
    on_terminal()
    print_table("Title", ("name",), [("[link=x]evil[/link]\x1b",)], Common())
    drawn = sys.stdout.getvalue()
    assert "[link=x]evil[/link]\\x1b" in drawn
    assert "─" in drawn


@pytest.mark.parametrize(("no_color", "common", "is_colored"), [("", Common(), True), ("1", Common(), False)])
def test_color_obeys_the_environment(on_terminal, monkeypatch, no_color, common, is_colored):
    on_terminal()
    monkeypatch.setenv("NO_COLOR", no_color)
    with progress_sink(common) as sink:
        sink.emit(Note("look", warning=True))
    assert ("\x1b[33m" in sys.stderr.getvalue()) is is_colored


def test_color_obeys_the_option(on_terminal):
    on_terminal()
    with progress_sink(Common(color=False)) as sink:
        sink.emit(Note("look", warning=True))
    assert "\x1b[33m" not in sys.stderr.getvalue()


def test_pairs_leave_out_what_is_not_known(capsys):
    print_pairs("Model", [("target", "churn"), ("seed", None), ("task", "binary")])
    assert capsys.readouterr().out == "Model\n  target  churn\n  task    binary\n\n"


def test_a_phase_and_a_note_are_lines(capsys):
    sink = PlainSink()
    sink.emit(PhaseStarted("search", "9 families"))
    sink.emit(Note("xgboost is not installed", warning=True))
    assert capsys.readouterr().err == "search: 9 families\nwarning: xgboost is not installed\n"


def test_progress_is_a_line_every_thirty_seconds(capsys, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    sink = PlainSink()
    for now[0] in (5.0, 29.0, 31.0, 40.0, 62.0):
        sink.emit(PROGRESS)
    assert capsys.readouterr().err == PROGRESS_LINE * 2


def test_trials_are_lines_only_when_verbose(capsys):
    trial = TrialFinished(3, "linear", 0.8, "ok", 1.25)
    PlainSink().emit(trial)
    PlainSink(verbose=True).emit(trial)
    assert capsys.readouterr().err == "trial 3: linear, score 0.8000, 1.2 s\n"


def test_a_failed_trial_says_why(capsys):
    PlainSink(verbose=True).emit(TrialFinished(3, "linear", None, "killed at its limit", 9.0))
    assert "killed at its limit" in capsys.readouterr().err


def test_quiet_shows_no_progress():
    with progress_sink(Common(quiet=True)) as sink:
        assert isinstance(sink, Silent)


def test_without_a_terminal_progress_is_plain(capsys):
    with progress_sink(Common()) as sink:
        sink.emit(PhaseStarted("read"))
    assert capsys.readouterr().err == "read\n"


def test_a_dumb_terminal_gets_plain_progress(on_terminal, monkeypatch):
    on_terminal()
    monkeypatch.setenv("TERM", "dumb")
    with progress_sink(Common()) as sink:
        assert isinstance(sink, PlainSink)


def test_a_terminal_gets_a_live_line(on_terminal):
    on_terminal()
    with progress_sink(Common(verbose=True)) as sink:
        sink.emit(PhaseStarted("search", "9 families"))
        sink.emit(PROGRESS)
        sink.emit(TrialFinished(3, "linear", 0.8, "ok", 1.25))
    assert "\x1b[1msearch\x1b[0m: 9 families" in sys.stderr.getvalue()
    assert "trial 3: linear" in sys.stderr.getvalue()


def test_every_event_is_logged_as_a_json_line(tmp_path):
    path = tmp_path / "fit.log"
    with logged(Silent(), str(path)) as sink:
        sink.emit(PROGRESS)
        sink.emit(Note("done"))
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert (first["event"], first["best_score"], first["trying"]) == ("SearchProgress", 0.91234, ["xgboost", "linear"])
    assert (second["event"], second["message"]) == ("Note", "done")


def test_logged_events_are_shown_too(tmp_path, capsys):
    with logged(PlainSink(), str(tmp_path / "fit.log")) as sink:
        sink.emit(Note("done"))
    assert capsys.readouterr().err == "done\n"


def test_without_a_log_file_events_are_only_shown():
    shown = Silent()
    with logged(shown, None) as sink:
        assert sink is shown


def test_a_log_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(WriteError), logged(Silent(), str(tmp_path / "none" / "fit.log")):
        pass


def test_a_log_file_on_a_full_disk_does_not_end_the_fit(capsys):
    with logged(PlainSink(), "/dev/full") as sink:
        sink.emit(Note("one"))
        sink.emit(Note("two"))
    assert capsys.readouterr().err == "warning: The log file ends here: No space left on device.\none\ntwo\n"
