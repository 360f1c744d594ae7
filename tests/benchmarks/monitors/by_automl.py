"""usage: PYTHON by_automl.py FOLDER: what ``automl monitor`` says of each batch."""

import sys
from pathlib import Path

from walking import Said, watch

from automl.operate.monitoring import monitor
from automl.tables import read_table


def begin(table: Path):
    """Return what looks at a batch; the model file is read anew for each, as by the command."""

    def look(batch: Path) -> Said:
        facts = monitor(table / "model.automl", [read_table(str(batch))])
        return Said({alarm.column for alarm in facts.counting if alarm.column}, facts.alarm)

    return look


if __name__ == "__main__":
    watch(Path(sys.argv[1]), begin)
