"""What a container engine builds an image from that serves a model, and what Kubernetes runs it by."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

import automl
from automl.export.pinning import PLATFORM, pinned, wanted_libraries
from automl.features.texts import TextFeatures
from automl.models.registry import family

if TYPE_CHECKING:
    from automl.bundle.model import Model

__all__ = ["write_context"]

_USER = 10_001
_LONGEST_NAME = 40
_NOT_IN_FILE = re.compile(r"[^A-Za-z0-9._-]+")
_NOT_IN_NAME = re.compile(r"[^a-z0-9]+")
_MANIFESTS = ("deployment.yaml", "service.yaml", "cronjob.yaml")


def write_context(path: Path, model_file: Path, model: Model) -> None:
    """Write the folder, which does not exist yet: Dockerfile, requirements, package, model and manifests.

    Parameters
    ----------
    path : Path
    model_file : Path
    model : Model
        What the file holds: only the libraries that it needs come into the image.

    Raises
    ------
    DataError
        If the libraries' hashes cannot be found out.
    """
    requirements = pinned(wanted_libraries(_modules(model)))
    file = f"{_NOT_IN_FILE.sub('-', model_file.stem).strip('-.') or 'model'}.automl"
    name = image_name(model_file.stem)
    facts = {
        "name": name,
        "file": file,
        "model": f"/opt/automl/model/{file}",
        "user": _USER,
        "platform": PLATFORM,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
    for folder in ("model", "kubernetes"):
        (path / folder).mkdir(parents=True)
    (path / "requirements.txt").write_text(requirements, encoding="utf-8")
    (path / "Dockerfile").write_text(_rendered("Dockerfile", facts), encoding="utf-8")
    (path / ".dockerignore").write_text(_rendered("dockerignore", facts), encoding="utf-8")
    for manifest in _MANIFESTS:
        (path / "kubernetes" / manifest).write_text(_rendered(manifest, facts), encoding="utf-8")
    shutil.copyfile(model_file, path / "model" / file)
    source = Path(automl.__file__).parent
    shutil.copytree(source, path / "package" / "automl", ignore=shutil.ignore_patterns("__pycache__"))


def image_name(stem: str) -> str:
    """Return a name that images and objects of Kubernetes may have."""
    plain = _NOT_IN_NAME.sub("-", stem.lower())[:_LONGEST_NAME].strip("-")
    return plain if plain[:1].isalpha() else f"model-{plain}".strip("-")


def _modules(model: Model) -> list[str]:
    """Return what the families of the model import, and what its words need."""
    found = [module for each in model.families for module in family(each).requires]
    parts = (part for member in model.parts() if member.encoder for part in member.encoder.parts)
    if any(isinstance(getattr(part, "part", part), TextFeatures) for part in parts):
        found.append("sklearn")
    return found


def _rendered(template: str, facts: dict[str, object]) -> str:
    # Names were made plain above; there is nothing to escape, and YAML is no HTML.
    environment = Environment(  # noqa: S701
        loader=PackageLoader("automl.export"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(template).render(facts)
