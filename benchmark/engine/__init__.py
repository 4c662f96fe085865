"""Runs trackers on sequences: devices, frame prefetch, lanes, and the run as a whole."""
