"""Means of the target are learned as models are judged: no row sees the labels of the rows that it is kept with."""

import numpy as np
import pandas as pd
import pytest

import automl
from automl.decisions import decide, prepare_request
from automl.preparation.prepare import prepare
from automl.search.tasks import WorkFolder
from automl.search.training_data import TrainingData, write_training_data
from automl.settings import FitSettings
from automl.tables import infer_schema, table_from_frame


@pytest.fixture
def visits():
    """Return four visits of each of 250 customers, whose zip code no other customer has."""
    random = np.random.default_rng(0)
    customer = random.permutation(np.repeat(np.arange(250), 4))
    returns = random.integers(0, 2, 250)[customer]
    return pd.DataFrame(
        {
            "customer": np.char.add("c", customer.astype(str)),
            "zip": np.char.add("z", (7 * customer % 250).astype(str)),
            "spent": (returns + 1.5 * random.normal(size=1000)).round(4),
            "returns": np.where(returns == 1, "yes", "no"),
        }
    )


def written(frame, folder, **given):
    """Return what workers read of a table."""
    settings = FitSettings("frame", "returns", folder / "m.automl", **given)
    table = table_from_frame(frame)
    prepared = prepare(table, infer_schema(table, "returns"), prepare_request(settings))
    decided, work = decide(settings, prepared), WorkFolder(folder / "work")
    golden = prepared.frame.head(2)
    write_training_data(work, prepared, decided.splits, decided.weight, decided.groups, golden)
    return TrainingData(work)


def spread_of_means(data, fold):
    train = data.encoded("native_target", None, fold).train
    return float(np.ptp(train.values[:, train.names.index("zip: mean target")]))


def test_a_folds_rows_and_those_of_a_refit_do_not_see_the_labels_of_their_group(visits, tmp_path):
    data = written(visits, tmp_path, group="customer", folds=3)
    assert [spread_of_means(data, fold) for fold in range(4)] == [0.0] * 4


def test_copies_of_a_row_do_not_see_its_label(visits, tmp_path):
    first = visits.drop_duplicates("customer").drop(columns="customer")
    assert spread_of_means(written(pd.concat([first] * 3), tmp_path, folds=2), 0) == 0.0


def test_without_rows_that_are_kept_together_nothing_is_written_of_them(visits, tmp_path):
    data = written(visits.drop(columns="customer"), tmp_path, folds=2)
    assert data.blocks is None
    assert spread_of_means(data, 0) > 0.1


def test_a_column_that_is_constant_within_groups_does_not_spoil_a_model(visits):
    model = automl.fit(visits, target="returns", group="customer", trials=1, families=("xgboost",), folds=2)
    assert model.manifest["estimate"]["value"] > 0.65
