"""Results of other toolkits, in and out. Nothing here knows a tracker."""

from benchmark.interop.trajectories import Trajectories, Trajectory, load_import, load_imports, save_import

__all__ = ["Trajectories", "Trajectory", "load_import", "load_imports", "save_import"]
