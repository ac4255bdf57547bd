"""What staff type in about policies."""
