"""Ablations as data: a question in, an answer out. Studies are read, planned, run by the engine, and answered."""
