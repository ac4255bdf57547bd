"""Where links lead and what is said with them, as parts of a programme."""

import pytest

from referrals.models import Destination, ShareMessage
from rewards.services.programmes.document import ProgrammeInvalid
from tests.rewards.programmes.examples import apply, plan, programme, shop

pytestmark = pytest.mark.django_db
SITE = {"slug": "site", "kind": "site", "title": "The shop", "url": "https://shop.example/"}
SMS = {"channel": "sms", "text": "{offer} {code}: {link}"}


def test_destinations_and_messages_are_made_changed_and_taken_back():
    apply(destinations=[SITE, {**SITE, "slug": "plan", "kind": "meal_plan"}], messages=[SMS])
    apply(destinations=[{**SITE, "title": "Our shop"}], messages=[])
    assert list(Destination.objects.order_by("id").values_list("slug", "title", "is_open")) == [
        ("site", "Our shop", True),
        ("plan", "The shop", False),
    ]
    assert not ShareMessage.objects.exists()


def test_what_staff_wrote_stays_where_a_programme_says_nothing_of_it():
    apply()
    Destination.objects.create(merchant=shop(), **SITE)
    assert plan().changes == ()
    assert [str(change.action.value) for change in plan(destinations=[]).changes] == ["-"]


@pytest.mark.parametrize(
    ("section", "items", "place"),
    [
        ("destinations", [{**SITE, "url": "http://shop.example/"}], "/destinations/0/url"),
        ("destinations", [{**SITE, "url": "https://me@shop.example/"}], "/destinations/0/url"),
        ("destinations", [SITE, dict(SITE)], "/destinations/1/slug"),
        ("messages", [{**SMS, "text": "{code.__class__}"}], "/messages/0/text"),
        ("messages", [{**SMS, "text": "{email}"}], "/messages/0/text"),
        ("messages", [{**SMS, "subject": "Hello"}], "/messages/0/subject"),
        ("messages", [{**SMS, "channel": "pigeon"}], "/messages/0/channel"),
    ],
)
def test_what_could_not_be_kept_is_refused_with_its_place(section, items, place):
    with pytest.raises(ProgrammeInvalid) as refused:
        programme(**{section: items})
    assert place in {error["pointer"] for error in refused.value.errors}
