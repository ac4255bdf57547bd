"""Standing on the leaderboard under an alias, or not."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from config.lib.encryption import fold
from config.lib.errors import DomainError
from referrals.models.aliases import LeaderboardAlias
from referrals.models.consents import ConsentPurpose
from referrals.models.customers import Customer
from referrals.services.codes import normalise_code
from referrals.services.consents import record_consent
from referrals.services.customers import legible_name
from referrals.services.screening import may_be_chosen

_ALIAS = re.compile(r"[^\W_]([^\W_]|[ .'-]){1,28}[^\W_]")


class AliasNotAllowed(DomainError):
    """An alias has 3 to 30 letters and digits, with spaces or hyphens between, and no word that misleads or offends."""

    code = "alias_not_allowed"
    status = 400


class AliasTaken(DomainError):
    """Somebody else has this alias."""

    code = "alias_taken"


def choose_alias(*, customer: Customer, wanted: str, consent: str, now: datetime) -> LeaderboardAlias:
    """Let a customer stand on the leaderboard under an alias; the same again changes nothing.

    :param consent: the words by which they agreed to be shown.
    :raises AliasNotAllowed: if nobody may be called so.
    :raises AliasTaken: if somebody is.
    """
    alias = " ".join(legible_name(wanted).split())
    if not _ALIAS.fullmatch(alias) or not may_be_chosen(normalise_code(re.sub(r"[\W_]", "", alias))):
        raise AliasNotAllowed
    names = {"alias": alias, "folded": fold(alias)}
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
        known = LeaderboardAlias.objects.filter(customer=customer).first()
        if known is not None and known.alias == alias:
            return known
        try:
            with transaction.atomic():
                chosen, _ = LeaderboardAlias.objects.update_or_create(
                    customer=customer,
                    defaults=names,
                    create_defaults={"merchant_id": customer.merchant_id, "created_at": now, **names},
                )
        except IntegrityError:
            raise AliasTaken from None
        record_consent(customer=customer, purpose=ConsentPurpose.LEADERBOARD, text=consent, now=now)
    return chosen


def leave_leaderboard(*, customer: Customer, consent: str, now: datetime) -> None:
    """Take a customer off the leaderboard; whoever is not on it stays off.

    :param consent: the words that they take back.
    """
    with transaction.atomic():
        gone, _ = LeaderboardAlias.objects.filter(customer=customer).delete()
        if gone:
            record_consent(customer=customer, purpose=ConsentPurpose.LEADERBOARD, text=consent, now=now, is_given=False)
