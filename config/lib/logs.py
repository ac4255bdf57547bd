"""What the log says of a request: which kind it was, and never of whom; nobody could erase it there."""

import logging


class RouteInsteadOfPath(logging.Filter):
    """Puts the pattern of the address in the place of the address, which may hold a customer's id or a code."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change a record that tells of a request; every record goes on."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "an unknown address"
            record.args = tuple(route if arg == request.path else arg for arg in record.args)
        return True
