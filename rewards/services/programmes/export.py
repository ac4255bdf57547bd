"""A programme as text: the YAML that, applied, changes nothing."""

from decimal import Decimal
from typing import Any

import yaml

from config.lib.errors import DomainError
from referrals.models.merchants import Merchant
from rewards.services.programmes.stored import stored_programme


class NoProgramme(DomainError):
    """There is no merchant of this name, or it has no programme yet."""

    code = "no_programme"
    status = 404


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Everything is written out, however often it occurs."""
        return True


def _number(dumper: _Dumper, value: Decimal) -> yaml.ScalarNode:
    text = str(value)
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


_Dumper.add_representer(Decimal, _number)


def export_programme(*, slug: str) -> str:
    """The programme of a merchant as YAML.

    :raises NoProgramme: if there is none.
    """
    merchant = Merchant.objects.filter(slug=slug).first()
    programme = stored_programme(merchant) if merchant else None
    if programme is None or programme["wallet"] is None:
        raise NoProgramme(f"There is no programme {slug}.")
    named = {section: items for section, items in programme.items() if items is not None}
    return yaml.dump(named, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
