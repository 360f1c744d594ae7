"""The model that was imported into BentoML's store from MLflow's format, as BentoML's guides serve it.

``predict`` is asked as it comes; ``predict_together`` puts the rows of requests together that wait at the same time
(BentoML 1.4.40 cannot do that with tables).
"""

from typing import Any

import bentoml
import pandas as pd
from bentoml.models import BentoModel

MOST_ROWS = 1_000


@bentoml.service
class Churn:
    bento_model = BentoModel("churn:latest")

    def __init__(self) -> None:
        self.model = bentoml.mlflow.load_model(self.bento_model)

    @bentoml.api
    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        return self.model.predict(rows)

    @bentoml.api(batchable=True, max_batch_size=MOST_ROWS)
    def predict_together(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return self.model.predict(pd.DataFrame(rows)).to_dict("records")
