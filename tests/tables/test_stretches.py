"""A large file of which a few rows are not regular: read by stretches, with the rows the repairer returns."""

import random

import pytest

from automl.tables import read_blocks, read_table, reading, stretches
from automl.tables.options import ReadOptions
from automl.tables.plan import plan_text
from automl.tables.rows import text_frame_of

HEADER = "id,value,place,n\n"
QUOTED = ('"x, y"', '"two\nlines"', '"do ""q"""', '"three\nli\nnes"')


def row(draws, number, quoted_share):
    place = draws.choice(QUOTED) if draws.random() < quoted_share else draws.choice(["north", "a b"])
    return f"{number},{draws.random():.3f},{place},{draws.randrange(9)}"


def odd(draws, line):
    """Break a row, or put something else in its place."""
    ways = (
        lambda: line.replace(",", ',"', 1),
        lambda: line.replace(",", "", 1),
        lambda: line + ",extra",
        lambda: line + '"',
        lambda: "# a remark",
        lambda: "",
        lambda: line.replace("a b", "a\nb"),
    )
    return draws.choice(ways)()


def file_of(seed, line_end="\n", before="", quoted_share=0.1):
    draws = random.Random(seed)
    lines = [row(draws, number, quoted_share) for number in range(1_500)]
    lines = [odd(draws, line) if at > 300 and draws.random() < 0.008 else line for at, line in enumerate(lines)]
    return (before + HEADER + "\n".join(lines)).replace("\n", line_end)


def both_ways(text, monkeypatch):
    """Return cells and counts, read stretch by stretch and row by row."""
    monkeypatch.setattr(stretches, "_STRETCH_BYTES", 2_000)
    plan = plan_text(text[: 1 << 14], ReadOptions(encoding="utf-8"), is_whole=False)
    stretched, plain = plan.repairer(), plan.repairer()
    cells = stretches.read_stretches(text.encode(), plan, stretched)
    lines = text.splitlines(keepends=True)
    expected = text_frame_of(plain.rows(plan.rows_of(lines)), plan.names)
    return (cells, stretched.take_counts()), (expected, plain.take_counts())


@pytest.mark.parametrize("quoted_share", [0.0, 0.01, 0.3])
@pytest.mark.parametrize(("line_end", "before"), [("\n", ""), ("\n", "A title\n\n"), ("\r\n", "")])
@pytest.mark.parametrize("seed", [1])
def test_stretches_hold_the_rows_that_the_repairer_alone_returns(seed, line_end, before, quoted_share, monkeypatch):
    (cells, counts), (expected, expected_counts) = both_ways(file_of(seed, line_end, before, quoted_share), monkeypatch)
    assert cells.equals(expected)
    assert counts == expected_counts


def test_a_file_without_regular_stretches_is_left_to_the_repairer(monkeypatch):
    text = HEADER + "".join(f"{i},a,b,c{',d' * (i % 2)}\n" for i in range(1_000))
    (cells, counts), _ = both_ways(text, monkeypatch)
    assert cells is None
    assert counts == type(counts)()


def test_one_open_quote_at_the_start_costs_one_row(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_WHOLE_LINES", 1_000)
    path = tmp_path / "open.csv"
    path.write_text('a,b,c\n"1,x,2\n' + "".join(f"{i},x,{i % 7}\n" for i in range(5_000)))
    table = read_table(path)
    assert len(table.cells) == 5_001
    assert [finding.code for finding in table.findings] == ["unbalanced_quotes"]
    assert sum(len(block.cells) for block in read_blocks(path)) == 5_001
