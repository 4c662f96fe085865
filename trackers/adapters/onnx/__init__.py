"""Networks in ONNX files as trackers, described by a small TOML file: ``onnx:FILE.toml`` (docs/onnx.md)."""
