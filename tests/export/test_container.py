"""``automl export --to docker``: an image holds what the model needs, and manifests keep it in bounds.

What needs a package index, the steps of the Dockerfile themselves, is done by ``image_steps.py``.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from automl.bundle import load_model
from automl.cli.run import run
from automl.errors import DataError
from automl.export import container, pinning
from automl.export.pinning import pinned, wanted_libraries

HASH = "0" * 64


@pytest.fixture
def index(monkeypatch):
    """Stand in for the package index: pip's report of one library, as pip writes it."""
    asked = []

    def answer(command, **_):
        asked.append(command)
        entry = {
            "metadata": {"name": "NumPy", "version": "2.4.6"},
            "download_info": {"archive_info": {"hashes": {"sha256": HASH}}},
        }
        return subprocess.CompletedProcess(command, 0, json.dumps({"install": [entry]}), "")

    monkeypatch.setattr(pinning.subprocess, "run", answer)
    return asked


@pytest.fixture
def context(wine, tmp_path, index):
    model = tmp_path / "Wine, 2nd try's.automl"
    model.write_bytes(wine.read_bytes())
    assert run(["export", str(model), str(tmp_path / "image"), "--to", "docker"]) == 0
    return tmp_path / "image"


def manifest(context: Path, name: str) -> str:
    return (context / "kubernetes" / name).read_text()


def test_an_image_runs_as_nobody_and_says_how_it_is(context):
    dockerfile = (context / "Dockerfile").read_text()
    assert "USER 10001:10001" in dockerfile
    assert "--require-hashes" in dockerfile
    assert "--no-deps" in dockerfile
    assert "HEALTHCHECK" in dockerfile
    assert json.loads(re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[1])[:2] == [
        "serve",
        "/opt/automl/model/Wine-2nd-try-s.automl",
    ]
    assert f"python:{sys.version_info.major}.{sys.version_info.minor}-slim" in dockerfile


def test_a_context_holds_the_model_and_the_package_without_compiled_files(context, wine):
    (model,) = (context / "model").iterdir()
    assert model.read_bytes() == wine.read_bytes()
    assert (context / "package" / "automl" / "__main__.py").is_file()
    assert not list(context.rglob("__pycache__"))
    assert (context / "requirements.txt").read_text() == f"numpy==2.4.6 \\\n    --hash=sha256:{HASH}\n"


def test_an_image_gets_the_libraries_of_the_model_s_families_alone(wine, boosted):
    tree = wanted_libraries(container._modules(load_model(wine)))
    trees = wanted_libraries(container._modules(load_model(boosted)))
    assert "lightgbm" in trees
    assert not {"lightgbm", "catboost", "optuna"} & set(tree)
    assert "scikit-learn" in tree


def test_pip_is_asked_for_wheels_of_the_image_s_platform_in_the_versions_installed_here(context, index):
    (command,) = index
    assert command[command.index("--only-binary") + 1] == ":all:"
    assert "manylinux2014_x86_64" in command
    assert "--constraint" in command


@pytest.mark.parametrize("name", ["deployment.yaml", "cronjob.yaml"])
def test_containers_may_do_little_and_use_little(context, name):
    text = manifest(context, name)
    for line in (
        "runAsNonRoot: true",
        "readOnlyRootFilesystem: true",
        "allowPrivilegeEscalation: false",
        "drop: [ALL]",
        "type: RuntimeDefault",
        "automountServiceAccountToken: false",
        "limits: {cpu:",
    ):
        assert line in text
    assert "image: wine-2nd-try-s:latest" in text


def test_a_deployment_asks_whether_the_server_lives_and_is_ready(context):
    text = manifest(context, "deployment.yaml")
    probes = re.findall(r"(\w+Probe):\n\s+httpGet: \{path: (\S+), port: http\}", text)
    assert dict(probes) == {
        "startupProbe": "/health/ready",
        "readinessProbe": "/health/ready",
        "livenessProbe": "/health/live",
    }


def test_manifests_fit_the_published_schemas(context):
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    for path in (context / "kubernetes").iterdir():
        validate.validate(yaml.safe_load(path.read_text()), validate.latest_version(), strict=True)


@pytest.mark.parametrize(
    ("stem", "name"),
    [("churn", "churn"), ("2024 Ümsätze", "model-2024-ms-tze"), ("...", "model"), ("x" * 90, "x" * 40)],
)
def test_names_are_such_as_images_may_have(stem, name):
    assert container.image_name(stem) == name


def test_what_pip_does_not_find_is_said(monkeypatch):
    def fail(command, **_):
        raise subprocess.CalledProcessError(1, command, stderr="ERROR: No matching distribution found for numpy\n")

    monkeypatch.setattr(pinning.subprocess, "run", fail)
    with pytest.raises(DataError, match="No matching distribution found for numpy"):
        pinned(["numpy"])


def test_a_folder_that_is_no_context_is_never_replaced(wine, tmp_path, index, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "Dockerfile").write_text("FROM python")
    (tmp_path / "mine" / "work.txt").write_text("years of it")
    assert run(["export", str(wine), str(tmp_path / "mine"), "--to", "docker", "--overwrite"]) == 2
    assert "is no folder that was exported --to docker" in capsys.readouterr().err
    assert (tmp_path / "mine" / "work.txt").read_text() == "years of it"


def test_a_context_in_which_somebody_works_is_not_replaced(context, wine, capsys):
    (context / "compose.yaml").write_text("years of it")
    assert run(["export", str(wine), str(context), "--to", "docker", "--overwrite"]) == 2
    assert "holds 'compose.yaml', which no export wrote there" in capsys.readouterr().err
    assert (context / "compose.yaml").read_text() == "years of it"


def test_a_context_is_replaced_whole_and_only_when_asked(context, wine, capsys):
    (context / "kubernetes" / "left over").touch()
    assert run(["export", str(wine), str(context), "--to", "docker"]) == 2
    assert run(["export", str(wine), str(context), "--to", "docker", "--overwrite"]) == 0
    assert not (context / "kubernetes" / "left over").exists()
    assert [path.name for path in (context / "model").iterdir()] == ["wine.automl"]
    assert [path.name for path in context.parent.iterdir() if path.name.startswith(".")] == []
