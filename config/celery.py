"""The Celery application: one queue of nudges, and the schedule as code.

A message is only a nudge: the rows say what there is to do, so a lost or doubled message changes nothing.
"""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("grapevine")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def leave_imports_to_rest(**_signal: object) -> None:
    """What was imported stays for good: the garbage collector need not look at it while batches are decided."""
    gc.freeze()
