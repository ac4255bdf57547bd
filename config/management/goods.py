"""What a demo needs besides its programmes: codes of gift cards, times of experiences, and a shop."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fulfillment.models.appointments import Slot
from referrals.models.merchants import Merchant
from referrals.models.shops import ShopifyShop
from referrals.services.shops import connect_shop
from rewards.models.catalog import RewardOption
from rewards.models.coupons import CouponPool
from rewards.services.coupons import import_coupons

CODES = 100
DAYS = 14
OPENING = (time(10), time(15))
LASTING = timedelta(hours=1)


def ensure_codes(*, merchant: Merchant, now: datetime) -> None:
    """Codes for each reward of a merchant that hands some out and never had any."""
    stocked = CouponPool.objects.filter(merchant=merchant).values("option")
    for option in RewardOption.objects.filter(merchant=merchant, needs_coupon=True).exclude(pk__in=stocked):
        names = (f"{merchant.slug}-{option.code}-{number:04}".upper() for number in range(1, CODES + 1))
        import_coupons(option=option, codes=names, now=now)


def ensure_slots(*, merchant: Merchant, now: datetime) -> None:
    """Times on the next working days for each reward of a merchant that has an appointment and none to come."""
    zone = ZoneInfo(merchant.time_zone)
    days = [(now.astimezone(zone) + timedelta(days=number)).date() for number in range(1, DAYS + 1)]
    begins = [datetime.combine(day, at, tzinfo=zone) for day in days if day.isoweekday() < 6 for at in OPENING]
    booked_up = Slot.objects.filter(merchant=merchant, starts_at__gt=now).values("option")
    for option in RewardOption.objects.filter(merchant=merchant, by_appointment=True).exclude(pk__in=booked_up):
        Slot.objects.bulk_create(
            Slot(merchant=merchant, option=option, starts_at=begin, ends_at=begin + LASTING) for begin in begins
        )


def ensure_shop(*, merchant: Merchant, secret: str, now: datetime) -> ShopifyShop:
    """A shop at Shopify of which a merchant hears, signed with this secret."""
    return connect_shop(merchant=merchant, domain=f"{merchant.slug}.myshopify.com", secret=secret, now=now)
