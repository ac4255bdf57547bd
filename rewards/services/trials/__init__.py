"""Trying policies out: on one customer now, and on all that has happened. Nothing here is ever posted."""
