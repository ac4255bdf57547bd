"""What apps, models and their columns are called, in the language of whoever reads the admin."""

from collections.abc import Iterator

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


def words_of(app: AppConfig) -> Iterator[str]:
    """What an app, its models and their columns are called, and what helps to fill those in, as the code says it."""
    yield str(app.verbose_name)
    for model in app.get_models():
        yield str(model._meta.verbose_name_raw)
        yield str(model._meta.verbose_name_plural)
        for column in model._meta.local_fields:
            yield str(column.verbose_name)
            if column.help_text:
                yield str(column.help_text)


def translate_words(app: AppConfig) -> None:
    """Have all of that translated when it is shown.

    The names are those of the code, so nothing has to be written beside each column; and migrations, which keep what
    was written there, do not change with a language.
    """
    app.verbose_name = gettext_lazy(str(app.verbose_name))
    for model in app.get_models():
        options = model._meta
        options.verbose_name = gettext_lazy(str(options.verbose_name))
        options.verbose_name_plural = gettext_lazy(str(options.verbose_name_plural))
        for column in options.local_fields:
            column.verbose_name = gettext_lazy(str(column.verbose_name))
            if column.help_text:
                column.help_text = gettext_lazy(str(column.help_text))
