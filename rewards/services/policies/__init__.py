"""Policies in the making: drafts, their examples, publication, retirement, and who did what."""
