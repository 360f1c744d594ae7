"""usage: PYTHON estimates_of_nannyml.py FOLDER: the ROC AUC that NannyML expects of shifted rows.

It learns from ``known.csv``, and estimates it of ``shifted.csv`` without looking at the truth.
"""

import json
import sys
import warnings
from pathlib import Path

import nannyml
import pandas as pd

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    known, shifted = (pd.read_csv(Path(sys.argv[1]) / f"{name}.csv") for name in ("known", "shifted"))
    for frame in (known, shifted):
        frame["decided"] = (frame["positive"] >= 0.5).astype(int)
    names = {"y_true": "truth", "y_pred": "decided", "y_pred_proba": "positive"}
    estimator = nannyml.CBPE(
        problem_type="classification_binary", metrics=["roc_auc"], chunk_size=len(shifted), **names
    ).fit(known)
    found = estimator.estimate(shifted.drop(columns="truth")).filter(period="analysis").to_df()["roc_auc"].iloc[0]
    low, high = (float(found[f"{side}_confidence_boundary"]) for side in ("lower", "upper"))
    sys.stdout.write(json.dumps({"value": float(found["value"]), "low": low, "high": high}) + "\n")
