from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.codes import ReferralCode
from referrals.models.destinations import Destination
from referrals.models.merchants import Merchant


class Channel(models.TextChoices):
    """By what way a link was shared."""

    DIRECT = "direct", _("Not told")
    COPY = "copy", _("Copied")
    SHEET = "sheet", _("Share sheet of the device")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    WHATSAPP = "whatsapp", "WhatsApp"
    TELEGRAM = "telegram", "Telegram"
    FACEBOOK = "facebook", "Facebook"
    MESSENGER = "messenger", "Messenger"
    X = "x", "X"
    LINKEDIN = "linkedin", "LinkedIn"
    QR = "qr", _("QR code")
    OTHER = "other", _("Another")


class ShareLink(models.Model):
    """A code, on its way to a destination, by a channel: what the numbers of a link are counted by.

    The row is made when the link is followed for the first time. Its id may go along to the merchant's site, and come
    back with the registration: it names no person.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    code = models.ForeignKey(
        ReferralCode, on_delete=models.PROTECT, related_name="links", db_index=False, db_constraint=False
    )
    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, related_name="links", null=True, blank=True, db_constraint=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="code", name="share_link_code_same_merchant"),
            SameMerchant(field="destination", name="share_link_destination_same_merchant"),
            models.UniqueConstraint(fields=["id", "merchant"], name="share_link_id_merchant"),
            models.UniqueConstraint(
                fields=["code", "destination", "channel"],
                name="share_link_once",
                condition=Q(destination__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["code", "channel"], name="share_link_home_once", condition=Q(destination__isnull=True)
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="share_link_channel_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Device(models.TextChoices):
    """What kind of device a link was followed on."""

    PHONE = "phone", _("Phone")
    TABLET = "tablet", _("Tablet")
    COMPUTER = "computer", _("Computer")


class Click(models.Model):
    """A person followed a link. Machines are not recorded, and a visitor's repeats within an hour are one click.

    Address and browser are kept as keyed hashes only.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    link = models.ForeignKey(
        ShareLink, on_delete=models.PROTECT, related_name="clicks", db_index=False, db_constraint=False
    )
    visitor_hash = models.BinaryField(max_length=32, help_text="Of the address and the browser together.")
    address_hash = models.BinaryField(max_length=32)
    device = models.CharField(max_length=10, choices=Device.choices)
    coupon_site = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="The site of public codes that led here."
    )
    clicked_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="link", name="click_same_merchant"),
            models.CheckConstraint(condition=Q(device__in=Device.values), name="click_device_is_known"),
        ]
        indexes = [
            models.Index(fields=["link", "visitor_hash", "clicked_at"], name="click_by_link"),
            models.Index(fields=["clicked_at"], name="click_by_age"),
            models.Index(fields=["link", "clicked_at"], name="click_from_coupon_sites", condition=~Q(coupon_site="")),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.clicked_at}"


class ClickDay(models.Model):
    """How many clicks a link had on a day of the merchant's, on a kind of device: what is kept of them.

    A visitor of several days counts on each of them, before their clicks are forgotten as after it.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    link = models.ForeignKey(
        ShareLink, on_delete=models.PROTECT, related_name="click_days", db_index=False, db_constraint=False
    )
    day = models.DateField()
    device = models.CharField(max_length=10, choices=Device.choices)
    clicks = models.IntegerField()
    visitors = models.IntegerField()

    class Meta:
        constraints = [
            SameMerchant(field="link", name="click_day_same_merchant"),
            models.UniqueConstraint(fields=["link", "day", "device"], name="click_day_once"),
            models.CheckConstraint(
                condition=Q(visitors__gt=0, clicks__gte=models.F("visitors")), name="click_day_counts_fit"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "day"], name="click_day_by_merchant")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}"
