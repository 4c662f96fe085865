"""Training: recipes as data, clips of moving targets made from pictures and videos, loops, validation by tracking."""
