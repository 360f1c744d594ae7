#!/bin/sh
# Set up what is needed, fit a model of the sample table of telephone customers in a minute, and score new customers.
# Anything given is passed on to `automl fit`, such as --time-budget 20.
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$project/scripts/environment.sh"
prepare .

mkdir -p "$project/demo"
model=$("$python" -m automl fit "$project/sample_data/telecom_churn.csv" --target churn --time-budget 60 \
    --output "$project/demo/telecom_churn.automl" --overwrite "$@")
"$python" -m automl predict "$model" "$project/sample_data/telecom_churn_new.csv" \
    --proba --keep customer_id --output "$project/demo/predictions.csv" --quiet

printf 'model:       %s\n' "$model"
printf 'report:      %s\n' "${model%.automl}.html"
printf 'predictions: %s\n' "$project/demo/predictions.csv"
printf 'program:     %s\n' "$environment/bin/automl"
