"""How people sign in, where the sign-in library leaves it to us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Customers' sign-up opens with the pages that lead there; until then accounts are made by staff."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves yet."""
        return False
