"""What a key may do."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class HasScope(BasePermission):
    """The key has the scope that the view names; a view that names none is open to nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether this key may call this view."""
        return getattr(view, "scope", None) in request.auth.scopes
