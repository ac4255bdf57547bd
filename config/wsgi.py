"""The web server's entry point."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Somebody waits for the answer: what takes longer than this is given up, here and on the server.
os.environ.setdefault("DATABASE_DEADLINE_SECONDS", "3")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "5000")
os.environ.setdefault("BROKER_DEADLINE_SECONDS", "0.25")

application = get_wsgi_application()

# What is imported now stays for good: the garbage collector need not look at it again while a list of purchases is
# read, which it would do in the middle of every other list.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
