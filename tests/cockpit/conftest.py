"""Staff in a browser, as the house's tests of the admin have them."""

from tests.house.conftest import as_role, foreign, own, staff, superuser, visitor

__all__ = ["as_role", "foreign", "own", "staff", "superuser", "visitor"]
