"""What a balance is shown with: words and benefits, which change with a programme and not with a purchase."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from config.lib.briefly import Briefly
from credits.models.tiers import Tier
from credits.models.wallets import Wallet
from credits.selectors.epochs import snapshot_epoch
from credits.selectors.terms import WalletTerms, wallet_terms

_NO_TIER = msgspec.Raw(b"null")


@dataclass(frozen=True, slots=True)
class WalletOnDisplay:
    """What a balance is shown with: the wallet's terms and words, and each tier as ready JSON."""

    wallet_id: int
    terms: WalletTerms
    code: str
    unit_name: str
    lowest_tier: msgspec.Raw
    tiers: Mapping[int | None, msgspec.Raw]

    def tier(self, tier_id: int | None) -> msgspec.Raw:
        """A tier as JSON; whoever has none yet is shown the lowest."""
        return self.tiers.get(tier_id, self.lowest_tier)


def wallet_on_display(*, merchant_id: int) -> WalletOnDisplay | None:
    """A merchant's default wallet and its tiers, for display; None if the merchant has no programme yet.

    Read every five seconds in each process, and with each new epoch: a change of the programme ends it, so nothing of
    before is put into a snapshot of the next one.
    """
    return _wallets((merchant_id, snapshot_epoch()))


def _read(key: tuple[int, str]) -> WalletOnDisplay | None:
    merchant_id, _epoch = key
    wallet = Wallet.objects.filter(merchant=merchant_id, is_default=True).select_related("merchant").first()
    if wallet is None:
        return None
    tiers: dict[int | None, msgspec.Raw] = {
        tier.pk: _as_json(tier) for tier in Tier.objects.filter(wallet=wallet).order_by("rank")
    }
    terms = wallet_terms(wallet=wallet, zone=wallet.merchant.time_zone)
    lowest = next(iter(tiers.values()), _NO_TIER)
    return WalletOnDisplay(wallet.pk, terms, wallet.code, wallet.unit_name, lowest, tiers)


_wallets = Briefly(_read)


def _as_json(tier: Tier) -> msgspec.Raw:
    shown = {
        "code": tier.code,
        "name": tier.name,
        "points_multiplier": str(tier.points_multiplier),
        "benefits": tier.benefits,
    }
    return msgspec.Raw(msgspec.json.encode(shown))
