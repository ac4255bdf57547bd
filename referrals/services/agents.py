"""What the name that a browser gives itself says: whether a person is behind it, and on what kind of device."""

import re

from referrals.models.links import Device

# Cubot makes phones. What fetches previews for messengers names itself; in-app browsers do not match.
_MACHINE = re.compile(
    r"(?<!cu)bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|facebookcatalog|meta-external|^whatsapp|embedly"
    r"|quora link|vkshare|w3c_validator|pingdom|monitor|lighthouse|headless|phantom|curl|wget|python|java/|go-http"
    r"|okhttp|axios|node-fetch|libwww|httpclient|scrapy|feed",
    re.IGNORECASE,
)
_TABLET = re.compile(r"ipad|tablet|kindle|silk/|android(?!.*mobi)", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone|ipod|phone", re.IGNORECASE)


def is_machine(agent: str) -> bool:
    """Whether a program that is no browser fetched the page; one that gives itself no name is taken for one."""
    return not agent.strip() or _MACHINE.search(agent) is not None


def device_of(agent: str) -> Device:
    """The kind of device."""
    if _TABLET.search(agent):
        return Device.TABLET
    return Device.PHONE if _PHONE.search(agent) else Device.COMPUTER
