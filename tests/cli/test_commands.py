"""The commands that need no model: profile, clean, list."""

import gzip
import io
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import parquet

from automl.preparation.cleaning import CLEANING_STEPS

RAW = "id;name;price;kind\n" + "".join(
    f"{n:05d}; item {n} ;{n},50;{'N/A' if n % 5 == 0 else 'x'}\n" for n in range(1, 41)
)


@pytest.fixture
def raw(tmp_path):
    path = tmp_path / "raw.csv"
    path.write_text(RAW)
    return path


def test_a_profile_names_every_column(automl, raw):
    shown = automl("profile", raw)
    assert shown.code == 0
    assert "40 rows, 4 columns" in shown.out
    assert all(name in shown.out for name in ("id", "name", "price", "kind"))


def test_a_profile_as_json_has_the_promised_fields(automl, raw):
    facts = json.loads(automl("profile", raw, "--json").out)
    assert (facts["schema_version"], facts["rows"]) == (1, 40)
    assert all({"name", "kind", "missing", "unique"} <= set(column) for column in facts["columns"])
    assert all({"code", "severity", "columns", "message", "action"} <= set(each) for each in facts["findings"])


def test_a_copy_of_the_target_is_a_leak(automl, tmp_path):
    labels = ["yes", "no", "no"] * 20
    frame = pd.DataFrame({"age": range(60), "left": labels, "churn": labels})
    frame.to_csv(tmp_path / "leak.csv", index=False)
    findings = json.loads(automl("profile", "leak.csv", "--target", "churn", "--json").out)["findings"]
    assert any(each["code"].startswith("target_leak") and each["columns"] == ["left"] for each in findings)


def test_standard_input_is_profiled(automl, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RAW.encode())))
    assert "40 rows" in automl("profile", "-").out


def test_a_gzip_file_is_profiled(automl, tmp_path):
    (tmp_path / "raw.csv.gz").write_bytes(gzip.compress(RAW.encode()))
    assert "40 rows" in automl("profile", "raw.csv.gz").out


def test_a_reading_option_overrules_the_guess(automl, tmp_path):
    (tmp_path / "raw.csv").write_text("a,b|c\n1,2|3\n4,5|6\n")
    columns = json.loads(automl("profile", "raw.csv", "--delimiter", "pipe", "--json").out)["columns"]
    assert [column["name"] for column in columns] == ["a,b", "c"]


def test_a_column_name_cannot_steer_the_terminal(automl, tmp_path):
    (tmp_path / "raw.csv").write_text("a,\x1b[31mred\n1,2\n3,4\n")
    assert "\x1b" not in automl("profile", "raw.csv").out


def test_a_table_is_cleaned_to_standard_output(automl, raw):
    cleaned = automl("clean", raw)
    assert cleaned.out.splitlines()[1] == "00001,item 1,1.5,x"
    assert "trim: 'name': " in cleaned.err


def test_numbers_truth_and_dates_are_cleaned_to_their_types(automl, raw):
    lines = ["code;price;count;paid;day;seen"]
    lines += [f"{n:05d};{n},50 €;{n * 7};{n % 3 == 0};{n % 28 + 1:02d}.03.2024;;" for n in range(1, 41)]
    Path("sales.csv").write_text("\n".join(lines))
    assert automl("clean", "sales.csv", "--output", "clean.parquet").code == 0
    types = {field.name: str(field.type) for field in parquet.read_schema("clean.parquet")}
    assert [types[name] for name in ("price", "count", "paid", "day")] == ["double", "int64", "bool", "date32[day]"]
    assert types["code"].endswith("string")
    assert automl("clean", "sales.csv", "--output", "clean.jsonl").code == 0
    first = json.loads(Path("clean.jsonl").read_text().splitlines()[0])
    expected = {"code": "00001", "price": 1.5, "count": 7, "paid": False, "day": "2024-03-02", "seen": None}
    assert {name: first[name] for name in expected} == expected


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_without_the_step_of_types_cells_stay_texts_in_every_format(automl, raw, ending):
    automl("clean", raw, "--steps", "parse", "--output", f"plain.{ending}")
    plain, csv = automl("clean", f"plain.{ending}", "--steps", "parse"), automl("clean", raw, "--steps", "parse")
    assert plain.out == csv.out
    if ending == "parquet":
        assert {str(field.type) for field in parquet.read_schema("plain.parquet")} == {"string"}


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_cleaning_again_changes_nothing_in_a_file_with_types(automl, raw, ending):
    automl("clean", raw, "--output", f"once.{ending}")
    again = automl("clean", f"once.{ending}", "--output", f"twice.{ending}")
    assert "nothing to clean" in again.err
    assert Path(f"twice.{ending}").read_bytes() == Path(f"once.{ending}").read_bytes()


def test_a_table_is_cleaned_to_a_file(automl, raw):
    done = automl("clean", raw, "--output", "clean.csv", "--json")
    summary = json.loads(done.out)
    assert (summary["rows"], summary["output"]) == (40, "clean.csv")
    assert {change["step"] for change in summary["changes"]} >= {"trim", "missing", "types"}
    assert len(Path("clean.csv").read_text().splitlines()) == 41


def test_cleaning_again_changes_no_byte(automl, raw):
    automl("clean", raw, "--output", "once.csv")
    automl("clean", "once.csv", "--output", "twice.csv")
    assert Path("twice.csv").read_bytes() == Path("once.csv").read_bytes()


def test_only_the_steps_asked_for_are_taken(automl, raw):
    cleaned = automl("clean", raw, "--steps", "trim")
    assert cleaned.out.splitlines()[5] == '00005,item 5,"5,50",N/A'


def test_parsing_alone_writes_the_cells_as_they_stood(automl):
    Path("messy.csv").write_bytes(
        'Report;;\r\n;;\r\nname;;size\r\n a;1,50;N/A\r\n\'b\';2,50;"x""y"\r\n'.encode("utf-16")
    )
    assert automl("clean", "messy.csv", "--steps", "parse", "--output", "plain.csv").code == 0
    lines = ["name,col_1,size", ' a,"1,50",N/A', '\'b\',"2,50","x""y"', ""]
    assert Path("plain.csv").read_bytes().decode("utf-8").split("\n") == lines


def test_steps_can_be_added_to_the_usual_ones_and_left_out(automl, raw):
    Path("twice.csv").write_text(RAW + RAW.splitlines(keepends=True)[-1])
    cleaned = automl("clean", "twice.csv", "--steps", "+duplicates,-types")
    assert len(cleaned.out.splitlines()) == 41
    assert '"5,50"' in cleaned.out
    assert automl("clean", "twice.csv", "--steps", "+duplicates,trim").code == 2


def test_the_help_of_clean_names_every_step_in_order(automl):
    text = automl("clean", "--help").out
    positions = [re.search(rf"^ +{step}  ", text, re.MULTILINE).start() for step in CLEANING_STEPS]
    assert positions == sorted(positions)


def test_stated_marks_overrule_what_numbers_seem_to_say(automl):
    Path("marks.csv").write_text("a,b\n1.234,x\n2.345,y\n3.456,z\n4.567,x\n5.678,y\n")
    assert automl("clean", "marks.csv").out.splitlines()[1] == "1.234,x"
    assert automl("clean", "marks.csv", "--thousands", ".", "--decimal", ",").out.splitlines()[1] == "1234,x"
    assert automl("clean", "marks.csv", "--decimal", "x").code == 2


def test_an_unknown_step_is_wrong_usage(automl, raw):
    assert automl("clean", raw, "--steps", "trimm").code == 2


def test_a_cleaned_table_as_json_needs_an_output(automl, raw):
    assert automl("clean", raw, "--json").code == 2


def test_the_data_is_never_cleaned_over_itself(automl, raw):
    assert automl("clean", raw, "--output", raw).code == 2
    assert raw.read_text() == RAW


def test_quiet_cleaning_says_nothing(automl, raw):
    assert automl("clean", raw, "--output", "clean.csv", "--quiet").err == ""


@pytest.mark.parametrize(
    ("topic", "entry"),
    [("metrics", "roc_auc"), ("families", "xgboost"), ("formats", ".parquet"), ("findings", "constant_column")],
)
def test_a_topic_is_listed(automl, topic, entry):
    listed = automl("list", topic)
    assert listed.code == 0
    assert entry in listed.out
    assert json.loads(automl("list", topic, "--json").out)[topic]


def test_the_log_holds_every_change_with_three_examples(automl, raw):
    summary = json.loads(automl("clean", raw, "--output", "clean.csv", "--log", "log.jsonl", "--json").out)
    lines = [json.loads(line) for line in Path("log.jsonl").read_text().splitlines()]
    changes = [line for line in lines if line["what"] == "change"]
    assert [change["count"] for change in changes] == [change["count"] for change in summary["changes"]]
    assert all({"code", "column", "count", "message", "examples"} <= set(change) for change in changes)
    assert all(1 <= len(change["examples"]) <= 3 for change in changes)


def test_the_log_is_not_written_over_the_data(automl, raw):
    assert automl("clean", raw, "--log", raw).code == 2


def test_rows_without_a_target_are_left_out_where_one_is_named(automl, tmp_path):
    (tmp_path / "rows.csv").write_text("x,y\n" + "".join(f"{n},{n if n % 4 else ''}\n" for n in range(40)))
    assert len(automl("clean", "rows.csv", "--target", "y").out.splitlines()) == 31
    assert len(automl("clean", "rows.csv").out.splitlines()) == 41
    assert len(automl("clean", "rows.csv", "--target", "y", "--steps=-target").out.splitlines()) == 41


def test_a_stated_kind_keeps_codes_from_being_cleaned_as_numbers(automl, tmp_path):
    (tmp_path / "codes.csv").write_text("code,y\n" + "".join(f"+{n},{n}\n" for n in range(30)))
    assert "+7,7" in automl("clean", "codes.csv", "--types", "code=category").out
    assert "+7,7" not in automl("clean", "codes.csv").out
