"""Runs on several datasets on one page: one table over all, and a section for each."""

from reports.several.page import write_several

__all__ = ["write_several"]
