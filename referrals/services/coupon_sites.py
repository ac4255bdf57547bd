"""Sites that publish codes for everybody. To extend: a domain, without www."""

from urllib.parse import urlsplit

COUPON_SITES = frozenset(
    {
        "coupert.com",
        "couponbirds.com",
        "couponcabin.com",
        "couponchief.com",
        "couponfollow.com",
        "coupons.com",
        "dealcatcher.com",
        "dealspotr.com",
        "dontpayfull.com",
        "goodsearch.com",
        "groupon.com",
        "gutscheine.de",
        "hotukdeals.com",
        "hotdeals.com",
        "invitation.codes",
        "joinhoney.com",
        "knoji.com",
        "mydealz.de",
        "offers.com",
        "promocodes.com",
        "referralcodes.com",
        "retailmenot.com",
        "savings.com",
        "simplycodes.com",
        "slickdeals.net",
        "vouchercodes.co.uk",
        "wethrift.com",
    }
)


def coupon_site_of(referrer: str) -> str:
    """The site of public codes from which a visitor comes, empty if from elsewhere.

    :param referrer: the address of the page before, as the browser tells it.
    """
    try:
        host = (urlsplit(referrer).hostname or "").rstrip(".")
    except ValueError:
        return ""
    parts = host.split(".")
    domains = (".".join(parts[start:]) for start in range(len(parts) - 1))
    return next((domain for domain in domains if domain in COUPON_SITES), "")
