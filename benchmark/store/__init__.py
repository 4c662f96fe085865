"""Content-addressed, crash-safe results: records of trajectories and the runs that refer to them."""
