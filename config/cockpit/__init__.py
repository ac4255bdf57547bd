"""The cockpit of staff and operators: what all floors have to say, on one page."""
