"""The viewer: a run's sequences in the browser, frame by frame, served to this machine alone."""
