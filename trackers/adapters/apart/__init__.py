"""Trackers in processes of their own: how these are started, watched and ended."""
