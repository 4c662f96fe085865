"""The suite in a notebook: runs, scores and comparisons as tidy frames. `benchmark` itself names what is public."""
