"""Django's PostgreSQL backend, with a limit on our side to how long an answer may take."""
