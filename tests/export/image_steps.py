"""Do in a bare virtual environment what the Dockerfile of ``automl export --to docker`` does, where no engine is.

    python tests/export/image_steps.py CONTEXT ROWS.csv

Installs the pinned libraries with their hashes, starts the served command with an environment of nothing else, asks its
health check until it answers, scores ROWS.csv over HTTP and with the batch job's command, and says whether both agree.
"""

import csv
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SECONDS = 120


def main(context: Path, rows: Path) -> int:
    dockerfile = (context / "Dockerfile").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        python = install(context, Path(scratch) / "automl")
        environment = {
            "PATH": f"{python.parent}:/usr/bin:/bin",
            "PYTHONPATH": str(context / "package"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": scratch,
            "XDG_STATE_HOME": scratch,
        }
        model = next((context / "model").iterdir())
        run = [str(python), "-m", "automl"]
        batch = Path(scratch) / "scores.csv"
        subprocess.run([*run, "predict", model, rows, "--output", batch, "--quiet"], env=environment, check=True)
        served = serve(run, model, rows, dockerfile, environment)
        with batch.open(newline="") as stream:
            expected = [row["prediction"] for row in csv.DictReader(stream)]
        same = [str(answer["prediction"]) for answer in served] == expected
        sys.stdout.write(f"{len(expected)} rows, served and batch {'agree' if same else 'DIFFER'}\n")
        return 0 if same and expected else 1


def install(context: Path, place: Path) -> Path:
    """Make the environment; return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = place / "bin" / "python"
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check"]
    requirements = ["--requirement", context / "requirements.txt"]
    subprocess.run([python, "-m", "pip", "install", *options, *requirements], check=True)
    subprocess.run([python, "-m", "pip", "check"], check=True)
    return python


def serve(run: list[str], model: Path, rows: Path, dockerfile: str, environment: dict[str, str]) -> list[dict]:
    """Start what CMD says on a free port, wait for what HEALTHCHECK asks, and score the rows."""
    words = json.loads(re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[1])
    check = json.loads(re.search(r"^    CMD (\[.*\])$", dockerfile, re.MULTILINE)[1])
    port = free_port()
    words = [str(model) if word.endswith(".automl") else str(port) if word == "8000" else word for word in words]
    check = [word.replace(":8000/", f":{port}/") for word in check]
    server = subprocess.Popen([*run, *words], env=environment)
    try:
        end = time.monotonic() + SECONDS
        while subprocess.run(check, env=environment, stderr=subprocess.DEVNULL, check=False).returncode:
            if time.monotonic() > end or server.poll() is not None:
                raise SystemExit("the server did not become ready")
            time.sleep(0.5)
        address = f"http://127.0.0.1:{port}/predict"
        request = urllib.request.Request(address, rows.read_bytes(), {"Content-Type": "text/csv"})
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)["predictions"]
    finally:
        server.terminate()
        if server.wait(SECONDS):
            raise SystemExit(f"the server ended with {server.returncode}")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
