"""VOT: what runs with restarts and from anchors measure, and vot-toolkit as a process beside us, never imported."""
