"""Everything that is known of a person, for themselves: what the floors below say, and what was delivered to them."""

from base64 import b64encode
from datetime import datetime
from typing import Any

from fulfillment.models.redemptions import Redemption
from fulfillment.models.service_records import ServiceRecord
from fulfillment.selectors.inbox import inbox_of_person
from fulfillment.selectors.redemptions import (
    appointment_of,
    codes_of,
    parcel_of,
    repair_of,
    steps_of,
    with_all,
)
from referrals.models.customers import Customer
from referrals.selectors import of_person
from rewards.selectors import person


def everything_about(*, customer: Customer, now: datetime) -> dict[str, Any]:
    """Who a customer is, what they did and have, what they redeemed, and the jobs that were done for them."""
    redeemed = with_all(Redemption.objects.filter(of_person(customer.pk))).prefetch_related("photos").order_by("pk")
    jobs = ServiceRecord.objects.filter(of_person(customer.pk)).order_by("pk")
    return {
        **person.everything_about(customer=customer, now=now),
        **inbox_of_person(customer),
        "redemptions": [_redemption(each) for each in redeemed],
        "service_records": [
            {
                "reference": job.reference,
                "kind": job.kind,
                "title": job.title,
                "region": job.region,
                "amount": job.amount,
                "final_amount": job.final_amount,
                "state": job.state,
                "opened_at": job.opened_at,
                "ended_at": job.ended_at,
            }
            for job in jobs
        ],
    }


def _redemption(redemption: Redemption) -> dict[str, Any]:
    parcel = parcel_of(redemption)
    return {
        "id": redemption.uuid,
        "option": redemption.option.code,
        "name": redemption.option.name,
        "quantity": redemption.quantity,
        "points": redemption.points,
        "status": redemption.status,
        "region": redemption.region,
        "steps": [{"step": step.name, "at": step.at} for step in steps_of(redemption)],
        "codes": codes_of(redemption),
        "shipment": parcel and {**parcel, "address": redemption.shipment.address},
        "appointment": appointment_of(redemption),
        "repair": repair_of(redemption),
        "notes": [note.text for note in redemption.notes.all()],
        "photos": [
            {"taken_at": photo.taken_at, "jpeg": b64encode(photo.content).decode()} for photo in redemption.photos.all()
        ],
    }
