from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ModelForm, OwnMerchantsAdmin, ReadOnlyAdmin, link_to
from referrals.models.aliases import LeaderboardAlias
from referrals.models.consents import Consent
from referrals.models.invitations import Invitation, InvitationOptOut
from referrals.models.links import ClickDay
from referrals.models.messages import ShareMessage


class ShareMessageForm(ModelForm):
    class Meta:
        model = ShareMessage
        fields = ("merchant", "channel", "subject", "text")


@admin.register(ShareMessage)
class ShareMessageAdmin(OwnMerchantsAdmin):
    """What customers say when they share; a row that is deleted gives way to the usual words."""

    list_display = ("channel", "text", "merchant")
    list_filter = (MerchantFilter, "channel")
    list_select_related = ("merchant",)
    form = ShareMessageForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose words they are, and for which channel, stays."""
        return ("merchant", "channel") if obj else ()


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Whom customers had us write to, without the addresses, and what became of it."""

    list_display = ("created_at", "invited_by", "state", "withheld_because", "sent_at", "clicked_at", "merchant")
    list_filter = (MerchantFilter, "state", "withheld_because")
    list_select_related = ("referrer", "merchant")
    readonly_fields = ("uuid",)

    @admin.display(description=_("referrer"))
    def invited_by(self, invitation: Invitation) -> str:
        """Who asked for it."""
        return link_to(invitation.referrer)


@admin.register(InvitationOptOut)
class InvitationOptOutAdmin(ReadOnlyAdmin):
    """How many want no invitations; nobody can see who."""

    list_display = ("__str__", "created_at", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Who agreed to what, and to which words."""

    list_display = ("recorded_at", "given_by", "purpose", "is_given", "text_version", "merchant")
    list_filter = (MerchantFilter, "purpose", "is_given")
    list_select_related = ("customer", "merchant")
    readonly_fields = ("uuid",)

    @admin.display(description=_("customer"))
    def given_by(self, consent: Consent) -> str:
        """Whose it is."""
        return link_to(consent.customer)


@admin.register(LeaderboardAlias)
class LeaderboardAliasAdmin(ReadOnlyAdmin):
    """Under which names customers chose to be seen."""

    list_display = ("alias", "chosen_by", "created_at", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "merchant")

    @admin.display(description=_("customer"))
    def chosen_by(self, alias: LeaderboardAlias) -> str:
        """Whose it is."""
        return link_to(alias.customer)


@admin.register(ClickDay)
class ClickDayAdmin(ReadOnlyAdmin):
    """The numbers of clicks that are forgotten."""

    list_display = ("day", "followed", "device", "clicks", "visitors", "merchant")
    list_filter = (MerchantFilter, "device")
    list_select_related = ("link", "merchant")

    @admin.display(description=_("link"))
    def followed(self, day: ClickDay) -> str:
        """Which link it was."""
        return link_to(day.link)
