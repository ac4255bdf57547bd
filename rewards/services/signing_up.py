"""Signing up: whoever asks to join becomes a customer once they have shown that the e-mail is theirs.

What they said meanwhile is a row beside their login, so that neither the time until then nor another device loses it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from referrals.models.merchants import Merchant
from referrals.models.referrals import AttributionMethod
from referrals.models.sign_ups import SignUp
from referrals.models.users import User
from referrals.services.touches import Touch
from referrals.services.traces import Presence
from rewards.services.enrolment import Enrolment, enrol_person

KEPT = timedelta(days=14)
"""How long a sign-up waits for its e-mail. The link in it works for three days, and can be sent again."""


def note_sign_up(
    *, merchant: Merchant, user: User, shows_first_name: bool, touch: Touch | None, now: datetime
) -> SignUp:
    """Keep what somebody said who signed up, until their e-mail is verified."""
    brought = {"code": touch.code, "method": touch.method, "link_id": touch.link_id} if touch else {}
    said = {"shows_first_name": shows_first_name, "touched_at": touch.at if touch else now, "created_at": now}
    return SignUp.objects.update_or_create(merchant=merchant, user=user, defaults={**said, **brought})[0]


def complete_sign_ups(*, user: User, presence: Presence, now: datetime) -> list[Enrolment]:
    """Their e-mail is verified: what they asked for is done, once.

    :param presence: by what device and from where it was verified.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        return [
            enrol_person(
                merchant=asked.merchant,
                user=user,
                name=user.first_name,
                shows_first_name=asked.shows_first_name,
                touch=_touch(asked),
                presence=presence,
                now=now,
            )
            for asked in SignUp.objects.filter(user=user).select_related("merchant").order_by("merchant_id")
        ]


def forget_sign_ups(*, now: datetime) -> None:
    """Delete sign-ups whose e-mail nobody verified, with the logins that were made for them and never used."""
    stale = SignUp.objects.filter(created_at__lte=now - KEPT)
    unused = User.objects.filter(
        sign_ups__in=stale, customer=None, merchants=None, last_login=None, is_staff=False, is_superuser=False
    )
    with transaction.atomic():
        unused.exclude(emailaddress__verified=True).delete()
        SignUp.objects.filter(created_at__lte=now - KEPT).delete()


def _touch(asked: SignUp) -> Touch | None:
    if not asked.code:
        return None
    return Touch(AttributionMethod(asked.method), asked.code, asked.touched_at, asked.link_id)
