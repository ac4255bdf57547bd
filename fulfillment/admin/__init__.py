"""The staff pages of the top floor."""

from fulfillment.admin import notifications, technicians, webhooks

__all__ = ["notifications", "technicians", "webhooks"]
