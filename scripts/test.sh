#!/bin/sh
# Set up what is needed, then check style and types and run the tests. Anything given is passed on to pytest.
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$project/scripts/environment.sh"
prepare '.[test]'

cd "$project"
"$python" -m ruff check .
"$python" -m ruff format --check .
"$python" -m mypy
# The whole suite runs two files at a time; single files start faster without that.
[ $# -gt 0 ] || set -- -n 2 --dist loadfile
exec "$python" -m pytest "$@"
