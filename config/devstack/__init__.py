"""The launcher: private PostgreSQL and Redis, and the processes of the demo, without any installation.

It needs nothing but Python's standard library (a contract of import-linter says so), because it works
before, and around, everything else. Read it in this order:

    bootstrap.py    makes .venv and installs the lock files; run by the Makefile with the machine's Python
    __main__.py     the commands: run, test, exec, clean
    run.py          the demo: servers, migrate, load_demo, then web + gRPC + workers + bus consumer + beat until Ctrl-C
    throwaway.py    test and exec: servers in a temporary folder around one command
    servers.py      PostgreSQL and Redis together; postgres.py and valkey.py one by one
    programs.py     where the server programs are found; wheels.py fetches them where there are none
    placement.py    which user PostgreSQL can run as, and where; privileges.py says why that is a question
    supervisor.py   keeps web, worker and beat alive and prefixes their lines; readiness.py, when they are up
    processes.py    start, stop, and leave nothing behind; child.py is what each child does first
    interrupts.py   what Ctrl-C and its relatives do
    state.py        who is running in this checkout; discover.py tells it to a manage.py elsewhere
    keys.py, environment.py, folders.py, ports.py, console.py, errors.py    small things, one each
"""
