"""What follows a target: the trackers' API, their registry, and the families. Knows nothing of datasets or scores."""
