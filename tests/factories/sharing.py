"""Rows about sharing: words, invitations, consents, aliases, and the numbers of clicks."""

import factory

from config.lib.encryption import lookup_hash
from referrals.models import (
    ClickDay,
    Consent,
    Invitation,
    InvitationOptOut,
    LeaderboardAlias,
    ShareMessage,
)
from tests.factories.referrals import (
    NOON,
    CustomerFactory,
    MerchantFactory,
    ReferralCodeFactory,
    ShareLinkFactory,
)


class ClickDayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ClickDay

    link = factory.SubFactory(ShareLinkFactory)
    merchant = factory.SelfAttribute("link.merchant")
    day = NOON.date()
    device = "phone"
    clicks = 3
    visitors = 2


class ShareMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShareMessage

    merchant = factory.SubFactory(MerchantFactory)
    channel = "sms"
    text = "Try {code}: {link}"


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    code = factory.SubFactory(ReferralCodeFactory)
    referrer = factory.SelfAttribute("code.customer")
    merchant = factory.SelfAttribute("code.merchant")
    email = factory.Sequence(lambda n: f"friend{n}@example.com")
    email_hash = factory.LazyAttribute(lambda invitation: lookup_hash(invitation.email))
    try_at = created_at = NOON


class InvitationOptOutFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InvitationOptOut

    merchant = factory.SubFactory(MerchantFactory)
    address_hash = factory.Sequence(lambda n: n.to_bytes(32, "big"))
    created_at = NOON


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    purpose = "invite_friends"
    is_given = True
    text = "I know these people."
    text_version = "0123456789abcdef"
    recorded_at = NOON


class LeaderboardAliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LeaderboardAlias

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    alias = factory.Sequence(lambda n: f"Starling {n}")
    folded = factory.LazyAttribute(lambda alias: alias.alias.casefold())
    created_at = NOON
