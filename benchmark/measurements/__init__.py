"""What the documentation claims of speed and coverage, measured: one script a claim, each writes a committed table."""
