"""From whatever happens to two lines of text and an exit code."""

import errno
import os
import signal
import subprocess
import sys

import click
import pytest

from automl import __version__, errors
from automl.cli import main
from automl.cli.exit_codes import ExitCode, exit_code_of
from automl.cli.options import Common, common_options


@pytest.fixture
def broken_command(monkeypatch):
    """Make ``automl inspect`` raise whatever the test wants."""

    def install(error):
        @click.command("inspect")
        @common_options
        @click.pass_obj
        def command(common: Common) -> int:
            raise error

        monkeypatch.setattr(main.LazyGroup, "get_command", lambda *_: command)

    return install


def test_the_version_is_printed(automl):
    assert automl("--version").out == f"automl {__version__}\n"


def test_help_shows_examples_first(automl):
    helped = automl("-h")
    assert helped.code == 0
    assert helped.out.index("Examples:") < helped.out.index("Options:")


@pytest.mark.parametrize("command", main.COMMANDS)
def test_every_command_has_help_with_examples_first(automl, command):
    helped = automl(command, "-h")
    assert helped.code == 0
    assert helped.out.index("Examples:") < helped.out.index("Options:")


@pytest.mark.parametrize("command", main.COMMANDS)
def test_every_command_has_the_common_options(automl, command):
    helped = automl(command, "--help")
    assert all(option in helped.out for option in ("--json", "--quiet", "--verbose", "--no-color", "--config"))


@pytest.mark.parametrize("command", main.COMMANDS)
def test_the_table_of_commands_says_what_the_command_says(command):
    context = click.Context(main.automl)
    assert main.automl.get_command(context, command).short_help == main.COMMANDS[command][1]


def test_without_a_command_help_is_shown_as_wrong_usage(automl):
    alone = automl()
    assert (alone.code, alone.out) == (2, "")
    assert "Commands:" in alone.err


def test_an_unknown_command_gets_the_nearest_one(automl):
    wrong = automl("perdict")
    assert (wrong.code, wrong.hint) == (2, "Did you mean 'predict'?")


def test_an_unknown_option_gets_the_nearest_one(automl):
    wrong = automl("fit", "x.csv", "--tarket", "y")
    assert wrong.code == 2
    assert "--target" in wrong.hint


def test_a_missing_argument_shows_the_usage(automl):
    wrong = automl("fit", "--target", "y")
    assert (wrong.code, wrong.error) == (2, "Missing argument 'DATA'.")
    assert "automl fit" in wrong.hint


def test_quiet_and_verbose_exclude_each_other(automl):
    assert automl("inspect", "x.automl", "-q", "-v").code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("m"), 2),
        (errors.DataError("m"), 3),
        (errors.NothingTrainedError("m"), 4),
        (errors.ModelFileError("m"), 5),
        (errors.SchemaMismatchError("m"), 6),
        (errors.WriteError("m"), 74),
        (errors.OutputLockedError("m"), 75),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_of_our_errors_has_its_exit_code(error, code):
    assert exit_code_of(error) == code


def test_every_error_class_has_an_exit_code():
    kinds = [getattr(errors, name) for name in errors.__all__ if name != "AutomlError"]
    assert all(exit_code_of(kind("m")) is not ExitCode.BUG for kind in kinds)


def test_an_error_is_printed_as_two_lines(automl, broken_command):
    broken_command(errors.DataError("What is wrong.", "What to type."))
    failed = automl("inspect")
    assert (failed.code, failed.out, failed.err) == (3, "", "error: What is wrong.\nhint: What to type.\n")


def test_control_characters_in_a_message_do_not_reach_the_terminal(automl, broken_command):
    broken_command(errors.DataError("column '\x1b[31mred\u202e'"))
    assert automl("inspect").err == "error: column '\\x1b[31mred\\u202e'\n"


def test_a_bug_is_70_with_a_short_message(automl, broken_command):
    broken_command(ValueError("first line\nsecond line"))
    failed = automl("inspect")
    assert failed.code == 70
    assert "ValueError: first line" in failed.error
    assert "--verbose" in failed.hint


def test_a_bug_shows_its_traceback_with_verbose(capsys, broken_command):
    from automl.cli.run import run

    broken_command(ValueError("oops"))
    assert run(["inspect", "--verbose"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_is_130(automl, broken_command):
    broken_command(KeyboardInterrupt())
    assert automl("inspect").code == 130


def test_a_full_disk_is_74(automl, broken_command):
    broken_command(OSError(errno.ENOSPC, "No space left on device"))
    assert automl("inspect").code == 74


def test_running_out_of_memory_is_said_in_words(automl, broken_command):
    broken_command(MemoryError())
    assert automl("inspect").error == "Out of memory."


def test_a_closed_standard_output_is_141_and_quiet():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "automl", "list", "metrics"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_standard_output_on_a_full_disk_is_74():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "automl", "list", "metrics"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 74
    assert done.stderr.startswith("error: ")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_the_caller_closed_is_no_bug(closed):
    done = subprocess.run(f"'{sys.executable}' -m automl list metrics {closed}", shell=True, check=False)
    assert done.returncode == 0


def test_python_m_automl_is_automl():
    done = subprocess.run([sys.executable, "-m", "automl", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"automl {__version__}\n"


def test_it_starts_in_an_empty_environment():
    done = subprocess.run(
        [sys.executable, "-m", "automl", "--help"], capture_output=True, text=True, env={}, check=True
    )
    assert "Commands:" in done.stdout


def test_completion_is_offered():
    env = {**os.environ, "_AUTOML_COMPLETE": "bash_source"}
    done = subprocess.run([sys.executable, "-m", "automl"], capture_output=True, text=True, env=env, check=True)
    assert "_automl_completion" in done.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("automl fit tr", "file,tr"),
        ("automl predict m.automl ne", "file,ne"),
        ("automl fit train.csv --test-data te", "file,te"),
        ("automl fit train.csv --target ch", ""),
        ("automl list fam", "plain,families"),
        ("automl predict m.automl new.csv --require", "plain,--require-signature"),
    ],
)
def test_completion_offers_files_where_they_are_taken(typed, offered):
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_AUTOML_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-m", "automl"], capture_output=True, text=True, env={**os.environ, **words}, check=True
    )
    assert done.stdout.strip() == offered


STOPPING = """
import os, signal, sys, time
from automl.cli.signals import exit_code_of_stop, stop_on_signals
from automl.search.stop import StopToken
token = StopToken()
with stop_on_signals(token):
    os.kill(os.getpid(), signal.{first})
    {then}
sys.exit(exit_code_of_stop(token))
"""


@pytest.mark.parametrize(("name", "code"), [("SIGHUP", 129), ("SIGINT", 130), ("SIGTERM", 143)])
def test_the_first_signal_asks_for_a_stop(name, code):
    program = STOPPING.format(first=name, then="")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.startswith(f"{name}: finishing")


def test_the_second_signal_ends_at_once():
    program = STOPPING.format(first="SIGTERM", then="os.kill(os.getpid(), signal.SIGINT); time.sleep(60)")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 130


def test_a_signal_that_is_ignored_stays_ignored():
    program = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + STOPPING.format(
        first="SIGHUP", then="sys.exit(0 if token.requested is None else 1)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_signal_handlers_are_put_back():
    from automl.cli.signals import stop_on_signals
    from automl.search.stop import StopToken

    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals(StopToken()):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
