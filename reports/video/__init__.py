"""Pictures that move: a video's frames with trackers' boxes, and strips of what was measured below them."""
