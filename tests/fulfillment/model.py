"""What redemptions, stock, codes, places and points should be, in plain Python."""

from dataclasses import dataclass, field

COST = 100
LIVE = ("pending", "approved")
MUGS, CODES, PLACES = 4, 3, 2


@dataclass(frozen=True)
class Kind:
    """What an option asks for before its customer has it."""

    category: str
    approval: bool = False
    technician: bool = False
    shipping: bool = False
    appointment: bool = False
    coupon: bool = False
    supply: int | None = None

    @property
    def is_delivered(self):
        return self.technician or self.shipping or self.appointment


KINDS = {
    "voucher": Kind("purchase_discount"),
    "mug": Kind("merchandise", approval=True, supply=MUGS),
    "polish": Kind("free_service", technician=True),
    "sofa": Kind("merchandise", approval=True, technician=True, supply=MUGS),
    "parcel": Kind("merchandise", shipping=True, supply=MUGS),
    "tasting": Kind("experience", approval=True, appointment=True),
    "card": Kind("gift_card", approval=True, coupon=True, supply=CODES),
}


@dataclass
class Wish:
    """A redemption as it should be."""

    who: int
    code: str
    quantity: int
    status: str = "pending"
    has_job: bool = False
    is_waiting: bool = False
    refused_by: set = field(default_factory=set)
    slot: int | None = None

    @property
    def kind(self):
        return KINDS[self.code]

    @property
    def points(self):
        return COST * self.quantity

    def approve(self):
        """Whether it can be, or is already."""
        if self.status == "pending":
            self.status = "approved" if self.kind.is_delivered else "fulfilled"
            self.is_waiting = self.kind.technician
        return self.status in ("approved", "fulfilled")

    def undo(self, to, allowed=LIVE):
        """Whether it can be, or is already."""
        if self.status in allowed:
            self.status, self.has_job, self.is_waiting, self.slot = to, False, False, None
        return self.status == to

    def fulfil(self, *, by_technician=False):
        """Whether it can be, or is already."""
        is_theirs = self.has_job or not (by_technician or self.kind.technician)
        if self.status == "approved" and is_theirs and not self.kind.shipping:
            self.status, self.has_job = "fulfilled", False
            return True
        return self.status == "fulfilled"

    def send(self):
        """Whether it can be, or was already."""
        if self.status == "approved" and self.kind.shipping:
            self.status = "fulfilled"
        return self.status == "fulfilled" and self.kind.shipping

    def give_up(self, *, technician=None):
        """Whether there was a job to be given up; declined, it is given to another, unless all have refused."""
        if not self.has_job:
            return False
        self.has_job, self.is_waiting = False, technician is not None
        return True


def held(wishes, who):
    """The points that a customer's redemptions hold."""
    return sum(wish.points for wish in wishes if wish.who == who and wish.status in LIVE)


def paid(wishes, who):
    """The points that a customer's redemptions took."""
    return sum(wish.points for wish in wishes if wish.who == who and wish.status == "fulfilled")


def taken(wishes, code):
    """How many of an option are promised or gone."""
    return sum(wish.quantity for wish in wishes if wish.code == code and wish.status not in ("rejected", "cancelled"))
