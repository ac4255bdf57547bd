"""Experiments: written, begun, measured, and stopped."""
