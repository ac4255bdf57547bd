"""People who want no invitations in the name of a merchant: for ever, and known by a keyed hash alone."""

from datetime import datetime

from django.core import signing

from config.lib.encryption import purpose_hashes
from config.lib.errors import NotFound
from config.lib.mailboxes import mailbox_of
from referrals.models.invitations import InvitationOptOut
from referrals.models.merchants import Merchant

_SALT = "invitations.opt-out"


def wants_none(*, merchant_id: int, email: str) -> bool:
    """Whether somebody wants no invitations in the name of a merchant, however their address is spelt."""
    hashes = purpose_hashes("opt-out", mailbox_of(email))
    return InvitationOptOut.objects.filter(merchant=merchant_id, address_hash__in=hashes).exists()


def opt_out_token(*, merchant_id: int, email: str) -> str:
    """By what the reader of a mail can say so, without a name or a login; it works for ever."""
    present, *_ = purpose_hashes("opt-out", mailbox_of(email))
    return signing.dumps([merchant_id, present.hex()], salt=_SALT)


def merchant_of_token(token: str) -> Merchant:
    """In whose name the mail was that the token came with.

    :raises NotFound: if we gave out no such token.
    """
    merchant_id, _ = _read(token)
    return Merchant.objects.get(pk=merchant_id)


def opt_out(*, token: str, now: datetime) -> Merchant:
    """Write to this reader no more in the name of the merchant, which is returned; again, it changes nothing.

    :raises NotFound: if we gave out no such token.
    """
    merchant_id, address_hash = _read(token)
    row = InvitationOptOut(merchant_id=merchant_id, address_hash=address_hash, created_at=now)
    InvitationOptOut.objects.bulk_create([row], ignore_conflicts=True)
    return Merchant.objects.get(pk=merchant_id)


def _read(token: str) -> tuple[int, bytes]:
    try:
        merchant_id, address_hash = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise NotFound from None
    return merchant_id, bytes.fromhex(address_hash)
