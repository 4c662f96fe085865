"""The report's tables, typed; drawn as HTML, Markdown, LaTeX, CSV and pandas frames."""

from reports.tables.grid import Cell, Column, Table
from reports.tables.make import make_tables

__all__ = ["Cell", "Column", "Table", "make_tables"]
