"""MemTrack: a dynamic memory of templates read and written by an LSTM (arXiv 1803.07268)."""
