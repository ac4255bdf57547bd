"""All texts of the product, gathered from where they stand, and their translations in `config/locale/`.

The files are those of gettext, which every editor for translators knows; they are read and written by Babel, so that
nobody needs more than Python for them. One catalogue serves the whole house: Django looks up a text without knowing
whose it is, so of two translations of one text the second would never be seen.
"""

import inspect
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

from config.apps import FLOORS, NAMED
from config.lib.errors import DomainError
from config.lib.words import words_of
from config.management.borrowed import BORROWED

LOCALE: Path = settings.BASE_DIR / "config" / "locale"
TEMPLATES: Path = settings.BASE_DIR / "templates"
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
WIDTH = 120
# How a text is marked: which argument it is (None: the first), the second form beside the first, "c" for a context.
MARKS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def gather() -> Catalog:
    """Every text that people read.

    They are those marked in modules and templates, the rules that errors state, and the admin's words for columns.
    """
    import_module(settings.ROOT_URLCONF)  # The map leads to every interface, and they to nearly all that is refused.
    for service in sorted(path for floor in FLOORS for path in (settings.BASE_DIR / floor / "services").rglob("*.py")):
        import_module(_place(service).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    with translation.override(settings.LANGUAGE_CODE):
        return _gather()


def missing(catalog: Catalog) -> list[str]:
    """The texts that are not translated, or not for sure."""
    return [_text(each) for each in catalog if each.id and (each.fuzzy or not all(_strings(each)))]


def _gather() -> Catalog:
    catalog = Catalog(charset="utf-8")
    for root in ("config", *FLOORS):
        for module in sorted((settings.BASE_DIR / root).rglob("*.py")):
            _add_marked(catalog, module, module.read_bytes())
    for template in sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".txt")):
        written = templatize(template.read_text())
        _add_marked(catalog, template, "\n".join(line.strip() for line in written.splitlines()).encode())
    for error in _errors(DomainError):
        catalog.add(error.rule(), locations=[(_place(Path(inspect.getfile(error))), 0)])
    for text in BORROWED:
        catalog.add(text, locations=[("allauth", 0)])
    for app in NAMED:
        for words in words_of(apps.get_app_config(app)):
            catalog.add(words, locations=[(f"{app}/models", 0)])
    return catalog


def read(language: str) -> Catalog:
    """The translations that there are."""
    with _po(language).open("rb") as file:
        return read_po(file, locale=language, domain="django")


def renew(language: str) -> Catalog:
    """Write the catalogue anew, for people and for machines, with every text that there is now; new ones are empty."""
    catalog = read(language)
    catalog.update(gather(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with _po(language).open("wb") as file:
        write_po(file, catalog, width=WIDTH, sort_by_file=True, include_lineno=False)
    with _po(language).with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    return catalog


def _text(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _add_marked(catalog: Catalog, path: Path, source: bytes) -> None:
    if not any(f"{mark}(".encode() in source for mark in MARKS):
        return
    for _, text, comments, context in extract("python", BytesIO(source), MARKS):
        catalog.add(text, locations=[(_place(path), 0)], auto_comments=comments, context=context)


def _errors(of: type[DomainError]) -> Iterator[type[DomainError]]:
    for error in of.__subclasses__():
        yield error
        yield from _errors(error)


def _place(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR).as_posix()
