"""Writing to friends whom customers name: asking, withholding, sending once, and forgetting the addresses.

Whoever asks gets the same answer whoever is named. What decides whether a mail goes out (they are a customer already,
they want none, they were invited a short time ago) is looked at later, by a worker, and only staff can see it.

An invitation counts as sent before the mail is handed over, so none is sent twice: a worker that dies in between has
sent none. Where the mail server says that it has not taken it, the invitation waits again.
"""

import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Q

from config.lib.dates import end_of_day, start_of_day
from config.lib.encryption import fold, lookup_hash
from config.lib.errors import DomainError
from config.lib.mailboxes import mailbox_hash
from referrals.models.codes import ReferralCode
from referrals.models.consents import ConsentPurpose
from referrals.models.customers import Customer
from referrals.models.destinations import Destination
from referrals.models.invitations import ADDRESS_KEPT, Invitation, InvitationState, Withheld
from referrals.services.consents import record_consent
from referrals.services.invitation_mail import compose_mail
from referrals.services.opt_outs import wants_none

BETWEEN_INVITATIONS = ADDRESS_KEPT
"""How long nobody is written to again in the name of a merchant, whoever asks."""

RETRY_SECONDS = 60
ATTEMPTS_MAX = 5


class AddressesInvalid(DomainError):
    """These are no e-mail addresses."""

    code = "addresses_invalid"
    status = 400


class InvitedEnough(DomainError):
    """So many friends cannot be invited in one day."""

    code = "invited_enough"
    status = 429


def invite_friends(
    *,
    code: ReferralCode,
    addresses: Sequence[str],
    destination: Destination | None,
    consent: str,
    language: str = "",
    now: datetime,
) -> list[Invitation]:
    """Take down whom a customer wants to be written to.

    :param code: the customer's own, which friends are invited to bring.
    :param addresses: one that occurs twice is one.
    :param consent: the words to which the customer agreed.
    :param language: in which the friends are written to; empty: the usual one.
    :raises AddressesInvalid: naming those that are none, as `addresses`; nobody is invited then.
    :raises InvitedEnough: if it would be more than the merchant allows in a day, as `left`.
    """
    wanted = list({fold(address): None for address in addresses})
    if wrong := [address for address in wanted if not _is_address(address)]:
        raise AddressesInvalid(addresses=wrong)
    with transaction.atomic():
        customer = Customer.objects.select_for_update(no_key=True).select_related("merchant").get(pk=code.customer_id)
        left = _left_today(customer, now)
        if len(wanted) > left:
            error = InvitedEnough(left=left)
            zone = ZoneInfo(customer.merchant.time_zone)
            error.retry_after_seconds = int((end_of_day(now.astimezone(zone).date(), zone) - now).total_seconds()) + 1
            raise error
        record_consent(customer=customer, purpose=ConsentPurpose.INVITE_FRIENDS, text=consent, now=now)
        return Invitation.objects.bulk_create(
            Invitation(
                merchant_id=customer.merchant_id,
                referrer=customer,
                code=code,
                destination=destination,
                email=address,
                email_hash=lookup_hash(address),
                language=language,
                try_at=now,
                created_at=now,
            )
            for address in wanted
        )


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _left_today(customer: Customer, now: datetime) -> int:
    today = start_of_day(now, ZoneInfo(customer.merchant.time_zone))
    invited = Invitation.objects.filter(referrer=customer, created_at__gte=today).count()
    return max(0, customer.merchant.invitations_day_max - invited)


def send_next(*, now: datetime) -> bool:
    """Send the invitation that has waited longest, or withhold it; False: none is due that nobody else holds."""
    invitation = _take(now)
    if invitation is None:
        return False
    if invitation.state == InvitationState.SENT:
        _hand_over(invitation, now)
    return True


def _take(now: datetime) -> Invitation | None:
    """Settle what becomes of a due invitation, as if it were done."""
    with transaction.atomic():
        due = Invitation.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=InvitationState.WAITING, try_at__lte=now
        )
        invitation = due.select_related("merchant", "code__customer", "destination").order_by("try_at", "id").first()
        if invitation is None:
            return None
        reason = _reason_to_withhold(invitation, now)
        invitation.state = InvitationState.WITHHELD if reason else InvitationState.SENT
        invitation.withheld_because = reason
        invitation.sent_at = now
        invitation.attempts += 1
        invitation.save(update_fields=["state", "withheld_because", "sent_at", "attempts"])
    return invitation


def _reason_to_withhold(invitation: Invitation, now: datetime) -> str:
    with connection.cursor() as cursor:  # Of two who invite the same friend at once, the second sees the first.
        address = bytes(invitation.email_hash or b"").hex()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [address, invitation.merchant_id])
    theirs = {"merchant": invitation.merchant_id, "email_hash": invitation.email_hash}
    lately = Invitation.objects.filter(
        **theirs, state=InvitationState.SENT, sent_at__gt=now - BETWEEN_INVITATIONS
    ).exclude(pk=invitation.pk)
    if wants_none(merchant_id=invitation.merchant_id, email=invitation.email):
        return Withheld.OPTED_OUT
    spelt_otherwise = Q(mailbox_hash=mailbox_hash(invitation.email))
    known = Customer.objects.filter(
        Q(email_hash=invitation.email_hash) | spelt_otherwise, merchant=invitation.merchant_id
    )
    if known.exists():
        return Withheld.KNOWN
    if lately.exists():
        return Withheld.INVITED_LATELY
    return Withheld.NO_CODE if invitation.code.retired_at else ""


def _hand_over(invitation: Invitation, now: datetime) -> None:
    """Give the mail to the server; if that is not there, or says later, the invitation waits again."""
    mail = compose_mail(invitation)
    try:
        with get_connection() as server:
            server.send_messages([mail])
    except (smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError, ConnectionError):
        _try_later(invitation, now)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        _try_later(invitation, now, for_ever=any(code >= 500 for code in codes))
    except smtplib.SMTPResponseException as answer:
        _try_later(invitation, now, for_ever=answer.smtp_code >= 500)
    except ValueError:
        _try_later(invitation, now, for_ever=True)  # No mail can be written to such an address.
    except (smtplib.SMTPException, OSError):
        _try_later(invitation, now, for_ever=True)  # It may have been taken: better none than two.


def _try_later(invitation: Invitation, now: datetime, *, for_ever: bool = False) -> None:
    is_over = for_ever or invitation.attempts >= ATTEMPTS_MAX
    Invitation.objects.filter(pk=invitation.pk, state=InvitationState.SENT, email_hash__isnull=False).update(
        state=InvitationState.FAILED if is_over else InvitationState.WAITING,
        sent_at=None,
        try_at=now + timedelta(seconds=RETRY_SECONDS * 4 ** (invitation.attempts - 1)),
    )


def note_click(*, invitation: UUID, code: ReferralCode, now: datetime) -> None:
    """A person followed the link of an invitation by this code; only the first time counts."""
    theirs = Invitation.objects.filter(uuid=invitation, referrer=code.customer_id, clicked_at=None)
    theirs.update(clicked_at=now)


def note_joined() -> int:
    """Note which invitations became referrals: by the address to which they were sent.

    :returns: how many are new.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE referrals_invitation AS invitation SET referral_id = joined.referral
            FROM (
                SELECT DISTINCT ON (referral.id) referral.id AS referral, invited.id AS invitation
                FROM referrals_invitation AS invited
                JOIN referrals AS referral ON referral.referrer_id = invited.referrer_id
                    AND referral.joined_at >= invited.created_at
                JOIN referrals_customer AS friend ON friend.id = referral.customer_id
                    AND friend.email_hash = invited.email_hash
                WHERE invited.email_hash IS NOT NULL AND invited.referral_id IS NULL
                    AND NOT EXISTS (SELECT FROM referrals_invitation WHERE referral_id = referral.id)
                ORDER BY referral.id, invited.created_at, invited.id
            ) AS joined
            WHERE invitation.id = joined.invitation
            """
        )
        return int(cursor.rowcount)


def forget_addresses(*, now: datetime) -> int:
    """Forget the addresses of invitations that are old; one that still waits has failed.

    :returns: how many were forgotten.
    """
    old = Invitation.objects.filter(email_hash__isnull=False, created_at__lte=now - ADDRESS_KEPT)
    with transaction.atomic():
        old.filter(state=InvitationState.WAITING).update(state=InvitationState.FAILED)
        return old.update(email="", email_hash=None)


def forget_invitations_of(*, customer: Customer) -> None:
    """Forget to whom a customer had us write, and the invitations to their own address; what waits is not sent."""
    own = Invitation.objects.filter(referrer=customer, email_hash__isnull=False)
    to_them = Invitation.objects.filter(merchant=customer.merchant_id, email_hash=customer.email_hash)
    for rows in (own, to_them) if customer.email_hash is not None else (own,):
        rows.filter(state=InvitationState.WAITING).update(state=InvitationState.FAILED)
        rows.update(email="", email_hash=None)
