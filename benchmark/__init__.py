"""What measures a tracker: datasets, the engine, the store, metrics and statistics."""
