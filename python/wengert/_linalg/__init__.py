"""What `wengert.linalg` is made of: values from `numpy.linalg`, derivative rules in recorded operations (docs/design/linalg.md)."""
