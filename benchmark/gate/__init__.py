"""Did a change make a tracker worse? Boxes, scores and speed against a reviewed baseline."""
