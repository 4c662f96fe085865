"""SiamFC: fully convolutional Siamese matching with a fixed template (arXiv 1606.09549)."""
