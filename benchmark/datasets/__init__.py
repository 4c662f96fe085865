"""Where frames and ground truth come from: a dataset's files become typed sequences here and nowhere else."""
