"""The Celery application: one queue of nudges, and the schedule as code.

A message is only a nudge: the rows say what there is to do, so a lost or doubled message changes nothing.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("grapevine")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
