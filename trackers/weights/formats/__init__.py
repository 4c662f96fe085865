"""Files of weights as their authors wrote them, read without running anything, and put under this house's names."""
