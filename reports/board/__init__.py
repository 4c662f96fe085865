"""A leaderboard over many runs: a static site of trackers by datasets, with submissions that were checked."""
