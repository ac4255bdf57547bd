"""What a key may do."""

from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from referrals.models.api_keys import ApiKey


class HasScope(BasePermission):
    """The key has the scope that the view names; a view that names none is open to nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether this key may call this view."""
        return getattr(view, "scope", None) in cast("ApiKey", request.auth).scopes
