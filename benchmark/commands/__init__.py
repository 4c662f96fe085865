"""One command a file; `run_bench` puts them together."""
