"""The mail of an invitation: the merchant's words, the link, why it came, and how to get no more."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from referrals.models.invitations import Invitation
from referrals.models.links import Channel
from referrals.selectors import shown_first_name
from referrals.selectors.sharing import compose_shares, public_url
from referrals.services.opt_outs import opt_out_token


def compose_mail(invitation: Invitation) -> EmailMultiAlternatives:
    """The mail to the friend, in the language of whoever invites them.

    Mail programs can opt out by its headers, with one click (RFC 8058).
    """
    with translation.override(invitation.language or settings.LANGUAGE_CODE):
        return _compose(invitation)


def _compose(invitation: Invitation) -> EmailMultiAlternatives:
    merchant, code = invitation.merchant, invitation.code
    (share,) = compose_shares(
        code=code,
        destination=invitation.destination,
        site=lambda path: public_url(merchant, f"{path}&invitation={invitation.uuid}"),
        only=Channel.EMAIL,
    )
    token = opt_out_token(merchant_id=merchant.pk, email=invitation.email)
    opt_out_url = public_url(merchant, reverse("invitation-opt-out", args=[token]))
    context = {
        "merchant": merchant,
        "friend": shown_first_name(code.customer),
        "share": share,
        "words": share.text.replace(share.link, "").strip(),
        "opt_out_url": opt_out_url,
    }
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=" ".join(share.subject.split()),
        body=render_to_string("referrals/mail/invitation.txt", context),
        from_email=formataddr((merchant.name, address)),
        to=[invitation.email],
        headers={
            "List-Unsubscribe": f"<{opt_out_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(render_to_string("referrals/mail/invitation.html", context), "text/html")
    return mail
