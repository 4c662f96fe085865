"""A new tracker's package, written from templates: ``run_bench new-tracker``."""
