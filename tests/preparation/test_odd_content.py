"""Whatever a table holds, it is profiled; and a model knows everything about the rows that it learned from."""

import json

import pandas as pd
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from planted import clean_columns

import automl
from automl.preparation import profile
from automl.report.profile_page import render_profile
from automl.tables import infer_schema, table_from_frame

ODD_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", "nan", "inf", "-inf", "1e999", "-0", "9" * 400, "0x1F", "=1+1", "\x00", "\x1b[31m"]),
    st.sampled_from(
        ["<script>", "31.02.2024", "9999-12-31", "0001-01-01", "١٢٣", "\uff11\uff12", "½", "\u202eabc", "a\r\nb"]
    ),
    st.floats().map(repr),
    st.integers().map(str),
)
ODD_NAMES = st.one_of(st.text(min_size=1, max_size=8), st.sampled_from(["y", "Y", " y", "index", "level_0", "<b>"]))


@st.composite
def odd_frames(draw):
    names = draw(st.lists(ODD_NAMES, min_size=1, max_size=4, unique=True))
    pool = st.sampled_from(draw(st.lists(ODD_CELLS, min_size=1, max_size=6)))
    rows = draw(st.sampled_from([0, 1, 2, 40]))
    column = st.lists(st.one_of(pool, ODD_CELLS), min_size=rows, max_size=rows)
    return pd.DataFrame({name: pd.Series(draw(column), dtype="str") for name in names})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(odd_frames(), st.booleans())
def test_a_table_of_odd_content_is_profiled_and_drawn(frame, has_target):
    table = table_from_frame(frame)
    # A target that stands more than once in the header is refused, and tested elsewhere.
    assume(not has_target or len({str(name).strip().casefold() for name in frame}) == frame.shape[1])
    target = str(table.cells.columns[0]) if has_target else None
    found = profile(table, infer_schema(table, target), target)
    assert all(column.missing + column.unique <= len(frame) for column in found.columns)
    assert json.loads(json.dumps(found.to_dict()))["rows"] == len(frame)
    assert "</html>" in render_profile(found, "odd.csv", target)


def test_predicting_the_training_rows_finds_nothing_that_the_schema_does_not_know(tmp_path):
    frame = pd.DataFrame(clean_columns("dated", 3))
    options = {"trials": 1, "families": "linear", "no_report": True}
    model = automl.fit(frame, target="y", output=tmp_path / "m.automl", **options)
    prediction = model.predict_table(table_from_frame(frame.drop(columns="y")))
    assert len(prediction.values) == len(frame)
    assert (prediction.unparsed, prediction.unseen) == ({}, {})
    assert (prediction.extra_columns, prediction.missing_columns) == ((), ())
