"""A model as an ONNX graph, from columns to predictions."""
