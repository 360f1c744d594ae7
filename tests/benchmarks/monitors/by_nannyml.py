"""usage: PYTHON by_nannyml.py FOLDER [--most] [--quality]: what NannyML says of each batch with its own methods.

It learns what is usual from chunks of the training rows, ten as it comes, so a batch is shown to it in chunks of the
same size. A column is in alarm where it is in any chunk, or with ``--most`` in at least half of them; of the whole it
says nothing. Asked is its univariate drift, with ``--quality`` its missing and unseen values, too. Dates are left out,
since it knows numbers and levels only.
"""

import sys
import warnings
from pathlib import Path

import nannyml
from walking import Said, read, watch

CHUNKS = 10
HALF = 0.5


def begin(table: Path):
    """Return what looks at a batch once it has learned from the training rows."""
    reference = read(table / "reference.csv")
    names = [name for name in reference.columns if reference[name].dtype.kind != "M"]
    levels = [name for name in names if reference[name].dtype.kind not in "iufb"]
    size = len(reference) // CHUNKS
    calculators = [nannyml.UnivariateDriftCalculator(column_names=names, chunk_size=size)]
    if "--quality" in sys.argv:
        calculators.append(nannyml.MissingValuesCalculator(column_names=names, chunk_size=size))
        calculators.append(nannyml.UnseenValuesCalculator(column_names=levels, chunk_size=size))
    ready = [each.fit(reference) for each in calculators]

    def look(batch: Path) -> Said:
        rows = read(batch)
        columns = {name for each in ready for name in alarmed(each.calculate(rows).filter(period="analysis"))}
        return Said(columns, whole=False)

    return look


def alarmed(result) -> set[str]:
    """Return the columns in alarm."""
    found = result.to_df()
    shares = {place: found[place].mean() for place in found.columns if place[-1] == "alert"}
    least = HALF if "--most" in sys.argv else 1 / len(found)
    return {str(place[0]) for place, share in shares.items() if share >= least}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    watch(Path(sys.argv[1]), begin)
