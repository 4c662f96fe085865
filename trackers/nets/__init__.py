"""Building blocks that families share: crops, trunks, correlation, localisation. All take a leading lane dimension."""
