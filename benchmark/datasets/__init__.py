"""Where frames and ground truth come from; the only place that converts a dataset's text into typed sequences."""
