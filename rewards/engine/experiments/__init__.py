"""Experiments: who gets which variant, what was learned, and how shares follow what was learned."""
