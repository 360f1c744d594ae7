"""When the process began."""

import subprocess
import sys
import time

from automl.cli.clock import process_started


def test_the_process_began_before_now():
    assert 0 < process_started() < time.monotonic()


def test_asking_twice_gives_the_same_moment():
    assert abs(process_started() - process_started()) < 0.05


def test_time_before_the_first_line_counts():
    program = (
        "import time; time.sleep(0.5)\n"
        "from automl.cli.clock import process_started\n"
        "print(time.monotonic() - process_started())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) >= 0.5
