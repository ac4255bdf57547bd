from django.db import models
from django.db.models import Q

from referrals.models.links import Channel
from referrals.models.merchants import Merchant

PLACEHOLDERS = ("name", "offer", "code", "link")
TEXT_PATTERN = r"^([^{}]|\{(" + "|".join(PLACEHOLDERS) + r")\})+$"
"""Placeholders are these words in braces, and nothing else is: a text cannot reach anything but what it is given."""

TEXT_MAX = 500
SUBJECT_MAX = 100
WITH_WORDS = (
    Channel.SHEET,
    Channel.COPY,
    Channel.WHATSAPP,
    Channel.SMS,
    Channel.EMAIL,
    Channel.TELEGRAM,
    Channel.X,
)
"""Channels that take a text; the others take a link alone."""


class ShareMessage(models.Model):
    """What a merchant's customers say when they share by a channel; without a row they say what everybody's do.

    `{name}` is the first name of who shares, `{offer}` what the merchant promises friends, `{code}` and `{link}` are
    what is shared. A text that does not place the link ends with it.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=[(each.value, each.label) for each in WITH_WORDS])
    subject = models.CharField(max_length=SUBJECT_MAX, blank=True, help_text="Of an e-mail; empty on other channels.")
    text = models.CharField(
        max_length=TEXT_MAX, help_text="May hold {name}, {offer}, {code} and {link}; no other braces."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "channel"], name="share_message_once"),
            models.CheckConstraint(
                condition=Q(channel__in=[each.value for each in WITH_WORDS]), name="share_message_channel_has_words"
            ),
            models.CheckConstraint(
                condition=Q(text__regex=TEXT_PATTERN) & (Q(subject="") | Q(subject__regex=TEXT_PATTERN)),
                name="share_message_placeholders_are_known",
                violation_error_message="Braces are for {name}, {offer}, {code} and {link} only.",
            ),
            models.CheckConstraint(
                condition=Q(subject="") | Q(channel=Channel.EMAIL),
                name="share_message_subject_is_of_an_email",
                violation_error_message="Only an e-mail has a subject.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_channel_display())
