"""Where the work of a run is done: in this process, or on the machines of a Ray cluster."""
