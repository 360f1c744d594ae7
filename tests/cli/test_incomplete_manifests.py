"""A model file whose manifest is sound by its form and lacks what is to be shown."""

import json
import zipfile


def test_inspect_refuses_it_as_damaged(automl, tmp_path):
    with zipfile.ZipFile(tmp_path / "thin.automl", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": "automl-model", "format_version": 2, "members": {}}))
    outcome = automl("inspect", "thin.automl")
    assert outcome.code == 5
    assert "manifest is incomplete" in outcome.error
