"""Tables: reading files as text, deciding what each column holds, and reading cells by that decision."""

from automl.tables.applying import apply_schema
from automl.tables.collecting import read_blocks, read_table
from automl.tables.doubts import typing_findings
from automl.tables.frames import as_text_table, table_from_frame
from automl.tables.givendata import Data, check_data, given_table
from automl.tables.inference import infer_schema
from automl.tables.kinds import parse_kinds
from automl.tables.options import ReadOptions
from automl.tables.schema import Column, ColumnKind, NumberFormat, Schema, Task
from automl.tables.table import Dialect, Table, TypedTable

__all__ = [
    "Column",
    "ColumnKind",
    "Data",
    "Dialect",
    "NumberFormat",
    "ReadOptions",
    "Schema",
    "Table",
    "Task",
    "TypedTable",
    "apply_schema",
    "as_text_table",
    "check_data",
    "given_table",
    "infer_schema",
    "parse_kinds",
    "read_blocks",
    "read_table",
    "table_from_frame",
    "typing_findings",
]
