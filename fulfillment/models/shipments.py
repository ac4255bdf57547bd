from django.db import models
from django.db.models import F, Q

from config.lib.encryption import EncryptedTextField
from fulfillment.models.redemptions import Redemption


class Shipment(models.Model):
    """A parcel to a customer: where to, with whom, and how far it has come.

    The address is kept encrypted, and goes when the customer is erased.
    """

    redemption = models.OneToOneField(Redemption, on_delete=models.PROTECT, related_name="shipment")
    address = EncryptedTextField(blank=True, help_text="Name, street, place and country; one line each.")
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, carrier="", tracking="")
                | (Q(sent_at__isnull=False) & ~Q(carrier="")),
                name="shipment_sent_with_somebody",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(sent_at__isnull=False, delivered_at__gte=F("sent_at")),
                name="shipment_delivered_after_it_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking}".strip() or "to be sent"
