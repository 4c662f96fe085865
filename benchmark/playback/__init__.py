"""What trackers did on one video, gathered so that it can be looked at: from a run's records, or tracked now."""
