"""The staff pages of the top floor."""

from fulfillment.admin import delivery, notifications, redemptions, service_records, technicians, webhooks

__all__ = ["delivery", "notifications", "redemptions", "service_records", "technicians", "webhooks"]
