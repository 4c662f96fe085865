"""Commands that draw: they know both the benchmark and its reports."""
