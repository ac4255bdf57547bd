"""What every page about points begins with."""

from django.http import Http404

from credits.selectors.display import wallet_on_display
from credits.selectors.terms import WalletTerms
from referrals.models.merchants import Merchant


def shown_terms(merchant: Merchant) -> WalletTerms:
    """The terms of a merchant's points, for display.

    :raises Http404: if the merchant has no programme yet.
    """
    shown = wallet_on_display(merchant_id=merchant.pk)
    if shown is None:
        raise Http404
    return shown.terms
