"""What breaks each rule that the database holds of redemptions, and of how they are delivered."""

from datetime import date, timedelta

import factory

from tests.credits.broken_rules import foreign, row, twice
from tests.factories.fulfillment import (
    AppointmentFactory,
    AssignmentFactory,
    NoteFactory,
    PhotoFactory,
    RedemptionFactory,
    RepairRewardFactory,
    ServiceRecordFactory,
    ShipmentFactory,
    SlotFactory,
    StatusMoveFactory,
    TechnicianFactory,
    TimeOffFactory,
    WorkingHoursFactory,
)
from tests.factories.referrals import NOON, CustomerFactory
from tests.factories.rewards import GrantFactory, RewardOptionFactory

EARLIER = NOON - timedelta(seconds=1)
THING = dict.fromkeys(["needs_technician", "shipping_required", "by_appointment"], False)
GRANTED = {"hold": None, "unit_points": 0}


def twice_of_one_customer(make, *fields, **values):
    """Two rows of one customer that agree in these fields, each for a redemption of its own."""

    def make_both():
        first = make(**values)
        same = {field: getattr(first, field) for field in fields}
        account = first.redemption.hold.account
        make(redemption__customer=first.redemption.customer, redemption__hold__account=account, **values | same)

    return make_both


def again(**changed):
    """Another redemption of the same customer and reward, that agrees with the first in what is named."""

    def make_both():
        first = RedemptionFactory()
        same = {"customer": first.customer, "option": first.option, "hold__account": first.hold.account}
        RedemptionFactory(**same, **{name: getattr(first, name) for name in changed})

    return make_both


BROKEN_IN_FULFILLMENT = [
    ("technician_once_a_merchant", twice(TechnicianFactory, "merchant", "user")),
    ("technician_capacity_positive", row(TechnicianFactory, capacity=0)),
    ("working_hours_once", twice(WorkingHoursFactory, "technician", "weekday", "starts_at")),
    ("working_hours_weekday_in_range", row(WorkingHoursFactory, weekday=7)),
    *[
        ("working_hours_by_the_clock", row(WorkingHoursFactory, starts_at=starts, ends_at=ends))
        for starts, ends in [("9:00", "17:00"), ("09:60", "17:00"), ("24:00", "24:01"), ("09:00", "09:00")]
    ],
    ("time_off_ends_after_it_begins", row(TimeOffFactory, last_day=date(2026, 12, 23))),
    ("redemption_customer_same_merchant", foreign(RedemptionFactory)),
    ("redemption_option_same_merchant", foreign(RedemptionFactory, "option", RewardOptionFactory)),
    (
        "redemption_grant_same_merchant",
        lambda: RedemptionFactory(customer=CustomerFactory(), grant=GrantFactory(), **GRANTED),
    ),
    ("redemption_one_per_cause", again(key=True)),
    ("redemption_costs_price_times_quantity", row(RedemptionFactory, points=101)),
    ("redemption_costs_price_times_quantity", row(RedemptionFactory, quantity=0, points=0, hold=None)),
    ("redemption_is_paid_or_granted", row(RedemptionFactory, **GRANTED)),
    ("redemption_is_paid_or_granted", row(RedemptionFactory, hold=None)),
    ("redemption_ends_once", row(RedemptionFactory, ended_at=NOON)),
    ("redemption_dispatched_while_approved", row(RedemptionFactory, dispatch_at=NOON)),
    ("photo_once", twice(PhotoFactory, "redemption")),
    ("status_move_once", twice(StatusMoveFactory, "redemption")),
    *[
        ("status_move_legal", row(StatusMoveFactory, from_status=before, to_status=after))
        for before, after in [("pending", "fulfilled"), ("", "approved"), ("cancelled", "approved")]
    ],
    ("status_move_has_a_reason", row(StatusMoveFactory, reason="Because Alice said so")),
    ("status_move_actor_is_a_word", row(StatusMoveFactory, actor="Sam Support")),
    ("note_says_something", row(NoteFactory, text="")),
    ("assignment_redemption_same_merchant", foreign(AssignmentFactory)),
    ("assignment_technician_same_merchant", foreign(AssignmentFactory, "technician", TechnicianFactory)),
    ("assignment_one_at_a_time", twice(AssignmentFactory, "redemption")),
    ("assignment_ends_once", row(AssignmentFactory, ended_at=NOON)),
    *[("assignment_ends_once", row(AssignmentFactory, state="done", ended_at=at)) for at in (None, EARLIER)],
    ("shipment_sent_with_somebody", row(ShipmentFactory, sent_at=NOON)),
    ("shipment_sent_with_somebody", row(ShipmentFactory, tracking="RR1")),
    *[
        ("shipment_delivered_after_it_was_sent", row(ShipmentFactory, delivered_at=EARLIER, **sent))
        for sent in ({}, {"sent_at": NOON, "carrier": "Post"})
    ],
    ("slot_same_merchant", foreign(SlotFactory)),
    ("slot_once", twice(SlotFactory, "option", "starts_at")),
    ("slot_ends_after_it_begins", row(SlotFactory, ends_at=NOON)),
    ("slot_never_overbooked", row(SlotFactory, taken=2)),
    ("appointment_redemption_same_merchant", foreign(AppointmentFactory)),
    ("appointment_slot_same_merchant", foreign(AppointmentFactory, "slot", SlotFactory)),
    ("appointment_one_at_a_time", twice(AppointmentFactory, "redemption")),
    ("appointment_ends_once", row(AppointmentFactory, state="kept")),
    ("appointment_ends_once", row(AppointmentFactory, ended_at=NOON)),
    ("appointment_places_positive", row(AppointmentFactory, places=0)),
    ("service_record_same_merchant", foreign(ServiceRecordFactory)),
    ("service_record_reference_once", twice(ServiceRecordFactory, "customer", "reference")),
    *[("service_record_amounts_in_range", row(ServiceRecordFactory, amount=amount)) for amount in (-1, 10**12 + 1)],
    (
        "service_record_amounts_in_range",
        row(ServiceRecordFactory, state="completed", ended_at=NOON, final_amount=20_001),
    ),
    *[
        ("service_record_ends_once", row(ServiceRecordFactory, **changed))
        for changed in ({"state": "completed"}, {"ended_at": NOON}, {"state": "completed", "ended_at": NOON})
    ],
    ("repair_reward_same_merchant", foreign(RepairRewardFactory)),
    ("repair_reward_one_of_a_kind", twice_of_one_customer(RepairRewardFactory, "service_record")),
    ("repair_reward_never_merchandise", row(RepairRewardFactory, category="merchandise")),
    *[("repair_reward_lowers_the_price", row(RepairRewardFactory, price_after=price)) for price in (-1, 20_001)],
    (
        "repair_reward_record_same_customer",
        row(RepairRewardFactory, service_record=factory.SubFactory(ServiceRecordFactory)),
    ),
    (
        "repair_reward_redemption_same_customer",
        lambda: RepairRewardFactory(
            customer=factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..merchant"))
        ),
    ),
    (
        "repair_reward_customer_same_merchant",
        lambda: RepairRewardFactory(customer=factory.SubFactory(CustomerFactory)),
    ),
]  # fmt: skip
