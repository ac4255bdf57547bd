"""Every text that people read can be read in every language of the product."""

import re
from itertools import zip_longest

import pytest
from babel.messages.mofile import read_mo

from config.management.catalogue import LANGUAGES, LOCALE, gather, missing, read

PARTS = re.compile(r'%\(\w+\)\w|%%|\{\w*\}|</?(?:a|br|code)\b|href="[^"]*"')


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


def texts(catalog):
    """The texts with their translations; each is two where it speaks of one or of many."""
    return {(each.context, forms(each.id)): forms(each.string) for each in catalog if each.id}


def forms(text):
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_the_catalogue_has_every_text_and_nothing_else(language):
    assert texts(read(language)).keys() == texts(gather()).keys(), "run make messages, and translate what is new"


def test_every_text_is_translated_for_sure(language):
    assert missing(read(language)) == []


def test_a_translation_says_of_whom_and_how_many_as_the_text_does(language):
    wrong = [
        translated
        for (_, text), translations in texts(read(language)).items()
        for said, translated in zip_longest(text, translations, fillvalue=text[-1])
        if sorted(PARTS.findall(said)) != sorted(PARTS.findall(translated))
    ]
    assert wrong == []


def test_machines_read_what_people_have_written(language):
    with (LOCALE / language / "LC_MESSAGES/django.mo").open("rb") as file:
        compiled = read_mo(file)

    assert texts(compiled) == texts(read(language)), "run make messages"
