"""Staff and what they may do: a role is a group of permissions, and everybody has one.

The floors are named here as text: permissions are rows, so no import climbs.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from referrals.models.merchants import Merchant
from referrals.models.users import User


class Role(models.TextChoices):
    """What a member of staff does; the value is the name of the group."""

    SUPPORT = "support", _("Support")
    PROGRAMME_MANAGER = "programme manager", _("Programme manager")
    FRAUD_ANALYST = "fraud analyst", _("Fraud analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


FLOORS = ("referrals", "credits", "rewards", "fulfillment")

MAY_CHANGE: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.SUPPORT: frozenset(
            {"referrals.merge_customer", "referrals.change_refusedmessage", "fulfillment.change_message"}
        ),
        Role.PROGRAMME_MANAGER: frozenset(
            {
                "referrals.change_refusedmessage",  # To close one that somebody has looked at.
                "referrals.add_destination",
                "referrals.change_destination",
                "referrals.add_sharemessage",
                "referrals.change_sharemessage",
                "referrals.delete_sharemessage",
                "rewards.add_policy",
                "rewards.change_policy",
                "rewards.add_policyversion",
                "rewards.change_policyversion",
                "rewards.add_rewardtype",
                "rewards.change_rewardtype",
                "rewards.add_rewardoption",
                "rewards.change_rewardoption",
                "rewards.add_campaign",
                "rewards.change_campaign",
                "rewards.add_couponpool",
                "rewards.change_couponpool",
                "rewards.add_segment",
                "rewards.change_segment",
                "rewards.add_experiment",
                "rewards.change_experiment",
                "rewards.change_evaluation",  # To run one that failed again.
                "credits.add_adjustment",
                "credits.change_adjustment",  # To grant or refuse what somebody else asked for.
                "credits.add_tierassignment",
                "credits.report_liability",
                "fulfillment.add_webhookendpoint",
                "fulfillment.change_webhookendpoint",
                "fulfillment.change_delivery",  # To deliver again.
                "fulfillment.change_message",  # To send again.
                "fulfillment.add_wording",
                "fulfillment.change_wording",
                "fulfillment.delete_wording",
                "fulfillment.add_voice",
                "fulfillment.change_voice",
                "fulfillment.change_redemption",
                "fulfillment.add_technician",
                "fulfillment.change_technician",
                "fulfillment.add_workinghours",
                "fulfillment.change_workinghours",
                "fulfillment.delete_workinghours",
                "fulfillment.add_timeoff",
                "fulfillment.change_timeoff",
                "fulfillment.delete_timeoff",
                "fulfillment.add_slot",
                "fulfillment.change_slot",
            }
        ),
        Role.FRAUD_ANALYST: frozenset(
            {
                "referrals.change_referral",
                "referrals.change_referralcode",
                "referrals.add_riskdecision",
                "referrals.merge_customer",
            }
        ),
        # An administrator is a superuser, whose permissions are not written down.
        Role.ADMINISTRATOR: frozenset(),
    }
)
"""What each role may do besides seeing everything of its merchants."""


def ensure_roles() -> None:
    """Make the groups of staff, and give each exactly its permissions; the same again changes nothing.

    :raises LookupError: if a permission of a role does not exist.
    """
    with transaction.atomic():
        for role, names in MAY_CHANGE.items():
            group, _ = Group.objects.get_or_create(name=role.value)
            group.permissions.set([*_views(), *_named(names)])


def make_staff(*, user: User, role: Role, merchants: Collection[Merchant]) -> None:
    """Let a person work for merchants in a role, which replaces the role that they had.

    An administrator sees all merchants; the others see those for which they work.

    :raises Group.DoesNotExist: if the roles have not been made, by `ensure_roles`.
    """
    with transaction.atomic():
        user.is_staff = True
        user.is_superuser = role is Role.ADMINISTRATOR
        user.save(update_fields=["is_staff", "is_superuser"])
        user.groups.set([Group.objects.get(name=role.value)])
        user.merchants.add(*merchants)


def _views() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label__in=FLOORS, codename__startswith="view_")


def _named(names: Collection[str]) -> list[Permission]:
    found = []
    for name in sorted(names):
        floor, codename = name.split(".")
        permission = Permission.objects.filter(content_type__app_label=floor, codename=codename).first()
        if permission is None:
            raise LookupError(f"There is no permission {name}.")
        found.append(permission)
    return found
