import numpy as np
import pandas as pd

from automl.features.dates import CyclicDateParts, DateGaps, DateParts

LABELS = np.zeros(0)


def dates(*texts, name="start"):
    return pd.DataFrame({name: pd.Series(pd.to_datetime(list(texts), format="ISO8601")).astype("datetime64[us]")})


def features(part, frame):
    group = part.fit_transform(frame, LABELS, None)
    return {name: group.values[:, number].tolist() for number, name in enumerate(group.names)}


def test_every_part_agrees_with_the_calendar():
    moments = pd.Series(pd.date_range("1899-12-25", "2101-03-05", periods=997)).astype("datetime64[us]")
    made = features(DateParts("start"), pd.DataFrame({"start": moments}))
    expected = {
        "start: year": moments.dt.year,
        "start: month": moments.dt.month,
        "start: day": moments.dt.day,
        "start: day of year": moments.dt.day_of_year,
        "start: weekday": moments.dt.day_of_week,
        "start: hour": moments.dt.hour,
        "start: minute of day": moments.dt.hour * 60 + moments.dt.minute,
    }
    for name, values in expected.items():
        assert made[name] == values.tolist()


def test_parts_that_do_not_vary_are_left_out():
    made = features(DateParts("start"), dates("2024-03-01", "2024-03-05"))
    assert list(made) == ["start: days", "start: day", "start: day of year", "start: weekday"]


def test_the_minute_of_the_day_is_left_out_where_it_repeats_the_hour():
    made = features(DateParts("start"), dates("2024-03-01 10:30", "2024-03-01 11:30"))
    assert list(made) == ["start: days", "start: hour"]


def test_days_are_counted_from_the_earliest_training_date():
    part = DateParts("start")
    part.fit_transform(dates("2024-03-01", "2024-03-05"), LABELS, None)
    assert part.transform(dates("2024-02-29 12:00")).values[0, 0] == -0.5


def test_no_date_gives_missing_features():
    made = features(DateParts("start"), dates("2024-03-01", None, "2025-07-09"))
    assert all(np.isnan(values[1]) for values in made.values())


def test_a_column_without_any_date_gives_missing_days():
    made = features(DateParts("start"), dates(None, None))
    assert list(made) == ["start: days"]
    assert np.isnan(made["start: days"]).all()


def test_december_is_next_to_january_on_the_circle():
    made = features(CyclicDateParts("start"), dates("2024-12-01", "2025-01-01", "2025-06-01"))
    points = np.column_stack([made["start: month, sine"], made["start: month, cosine"]])
    assert np.linalg.norm(points[0] - points[1]) < np.linalg.norm(points[1] - points[2])


def test_gaps_are_the_days_between_every_two_date_columns():
    frame = pd.concat([dates("2024-03-01", None), dates("2024-03-03 12:00", "2024-01-01", name="end")], axis=1)
    made = features(DateGaps(["start", "end"]), frame)
    assert list(made) == ["end: days since start"]
    np.testing.assert_array_equal(made["end: days since start"], [2.5, np.nan])
