"""Getting a published dataset: from where, under which terms, and into which folder. Nothing here runs unless asked."""

from benchmark.datasets.download.get import get_dataset, lacking
from benchmark.datasets.download.sources import Source, read_source

__all__ = ["Source", "get_dataset", "lacking", "read_source"]
