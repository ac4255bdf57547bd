"""When points lapse, and when they can be spent: the wallet's rules, in the merchant's calendar."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from config.lib.dates import add_months, end_of_day, end_of_period, next_day_of_year
from credits.models.wallets import ExpiryRule
from credits.selectors.terms import WalletTerms

PERIODS = {ExpiryRule.END_OF_MONTH: 1, ExpiryRule.END_OF_QUARTER: 3, ExpiryRule.END_OF_YEAR: 12}


def expires_at(terms: WalletTerms, earned_at: datetime, months: int | None = None) -> datetime | None:
    """When points that are earned at `earned_at` lapse; None: never.

    With the default rule 2024-02-29 plus 24 months is the end of 2026-02-28 (requirement 004: "24 months from
    earning date").

    :param months: a policy's own term in calendar months, instead of the wallet's rule.
    """
    day = earned_at.astimezone(terms.zone).date()
    if months is not None:
        return _end_of_last_day(day, months, ExpiryRule.AFTER_MONTHS, "", terms.zone)
    if terms.expiry_months is None and terms.expiry_rule != ExpiryRule.FIXED_DAY:
        return None
    return _end_of_last_day(day, terms.expiry_months or 0, terms.expiry_rule, terms.expiry_day, terms.zone)


def active_at(terms: WalletTerms, earned_at: datetime, now: datetime, days: int | None = None) -> datetime:
    """When points that are earned at `earned_at` can be spent.

    A shop's clock may be ahead of ours; what it says was bought is there at once.

    :param days: a policy's own number of days to wait, instead of the wallet's.
    """
    wait = terms.pending_days if days is None else days
    if not wait:
        return min(earned_at, now)
    return end_of_day(earned_at.astimezone(terms.zone).date() + timedelta(days=wait), terms.zone)


@lru_cache(maxsize=4096)
def _end_of_last_day(day: date, months: int, rule: str, fixed_day: str, zone: ZoneInfo) -> datetime:
    last = add_months(day, months)
    if rule in PERIODS:
        last = end_of_period(last, PERIODS[ExpiryRule(rule)])
    elif rule == ExpiryRule.FIXED_DAY:
        month, number = fixed_day.split("-")
        last = next_day_of_year(last, int(month), int(number))
    return end_of_day(last, zone)
