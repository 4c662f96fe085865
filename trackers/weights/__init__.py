"""The weights that ship with Engram, and their catalogue."""
