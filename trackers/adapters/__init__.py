"""Trackers that others wrote, as lanes."""
