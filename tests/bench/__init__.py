"""The benchmark: `make bench`, or `python -m tests.bench` with servers of your own.

It makes databases of its own beside the one that DATABASE_URL names, and leaves that one alone. Absolute figures
belong to the machine; what counts are ratios to a yardstick that ran on the same server in the same minute.
"""
