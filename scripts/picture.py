"""Draw docs/fit.svg: a real fit of a sample table, recorded at a terminal of 92 columns: ``python scripts/picture.py``.

Nothing is staged: the commands run in a pseudo-terminal, what they print is replayed, and the last state of the live
line is kept where it stood.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = 92
COMMANDS = (
    "automl fit telecom_churn.csv --target churn --time-budget 60",
    "automl predict telecom_churn.automl telecom_churn_new.csv --output scores.csv",
)
_CONTROL = re.compile(r"\x1b\[(\d*)([A-KS-Tfnsu]|\?25[lh])|\x1b\[\?25[lh]|(\r?\n)|(\r)")


def main() -> None:
    """Run the commands on copies of the sample tables and write the picture."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    with tempfile.TemporaryDirectory() as folder:
        for name in ("telecom_churn.csv", "telecom_churn_new.csv"):
            (Path(folder) / name).write_bytes((ROOT / "sample_data" / name).read_bytes())
        for command in COMMANDS:
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            for line in replayed(recorded(command, folder)):
                console.print(Text.from_ansi(line), soft_wrap=False)
    (ROOT / "docs").mkdir(exist_ok=True)
    picture = console.export_svg(title="automl")
    # The fonts that rich names lie on other people's servers; the reader's own monospace font does as well.
    (ROOT / "docs" / "fit.svg").write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL), "utf-8")


def recorded(command: str, folder: str) -> str:
    """Return what a command writes to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("NO_COLOR", None)
    arguments = [sys.executable, "-m", *command.split()]
    process = subprocess.Popen(arguments, cwd=folder, stdout=theirs, stderr=theirs, stdin=theirs, env=environment)  # noqa: S603 - ours
    os.close(theirs)
    chunks = []
    while chunk := _read(ours):
        chunks.append(chunk)
    os.close(ours)
    if process.wait() != 0:
        raise SystemExit(f"'{command}' failed.")
    return b"".join(chunks).decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux says so where the last writer has gone.
        return b""


def replayed(written: str) -> list[str]:
    """Return the lines that stand on the terminal in the end."""
    lines, at, position = [""], 0, 0
    for control in _CONTROL.finditer(written):
        lines[at] += written[position : control.start()]
        position = control.end()
        if control[3]:
            at += 1
            lines += [""] * (at + 1 - len(lines))
        elif control[2] == "A":
            at = max(0, at - int(control[1] or 1))
        elif control[4] or control[2] == "K":
            lines[at] = ""
    lines[at] += written[position:]
    return [line for line in lines if line.strip()]


if __name__ == "__main__":
    main()
