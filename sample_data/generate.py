"""Write the sample tables of this folder again: ``python sample_data/generate.py [--output FOLDER]``.

The same seed gives the same bytes. Numbers are drawn from ``numpy.random.RandomState``, whose stream is frozen for
good; that of the newer ``Generator`` may change from one numpy version to the next.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from recipes import bike_demand, card_fraud, classics, message_spam, telecom_churn

SEED = 20260101
_RECIPES = (telecom_churn.tables, card_fraud.tables, bike_demand.tables, message_spam.tables, classics.tables)


def write_tables(folder: Path, seed: int = SEED) -> list[Path]:
    """Write every sample table into ``folder``, which is made where it is missing, and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for recipe in _RECIPES:
        for name, text in recipe(seed).items():
            path = folder / name
            path.write_text(text, encoding="utf-8", newline="")
            written.append(path)
    return written


def main() -> None:
    """Read the command line and write the tables."""
    parser = argparse.ArgumentParser(description="Write the sample tables again; the same seed gives the same bytes.")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    write_tables(options.output, options.seed)


if __name__ == "__main__":
    main()
