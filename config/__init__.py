"""The composition root: settings, URLs, Celery, and the basement of helpers."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
