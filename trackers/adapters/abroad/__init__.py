"""What runs in another environment's Python too: written for Python 3.7, and needs NumPy alone."""
