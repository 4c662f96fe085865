"""Getting a published dataset: from where, under which terms, and into which folder. Nothing here runs unless asked."""

from benchmark.datasets.download.get import awaited, get_dataset, lacking
from benchmark.datasets.download.leftovers import Leftovers, clear, leftovers, size_of
from benchmark.datasets.download.sources import Source, read_source

__all__ = ["Leftovers", "Source", "awaited", "clear", "get_dataset", "lacking", "leftovers", "read_source", "size_of"]
