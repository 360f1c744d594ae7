"""usage: PYTHON by_evidently.py FOLDER [--quality]: what evidently's presets say of each batch, as they come.

That for data drift alone, or with ``--quality`` that for a summary, too, whose tests hold figures of the batch against
those of the training rows. The whole is in alarm where half of the columns have drifted.
"""

import sys
from pathlib import Path

from evidently import Report
from evidently.presets import DataDriftPreset, DataSummaryPreset
from pydantic.v1 import ValidationError
from walking import Said, read, watch


def begin(table: Path):
    """Return what looks at a batch beside the training rows."""
    reference = read(table / "reference.csv")
    presets = [DataDriftPreset(), *([DataSummaryPreset()] if "--quality" in sys.argv else [])]

    def look(batch: Path) -> Said:
        try:
            found = Report(presets, include_tests=True).run(read(batch), reference).dict()
        except ValidationError as error:
            return Said(failed=str(error).splitlines()[-1].strip())
        failed = [test["metric_config"]["params"] for test in found["tests"] if str(test["status"].value) == "FAIL"]
        whole = any(params["type"].endswith("DriftedColumnsCount") for params in failed)
        return Said({params["column"] for params in failed if "column" in params}, whole)

    return look


if __name__ == "__main__":
    watch(Path(sys.argv[1]), begin)
