"""The staff pages of the top floor."""

from fulfillment.admin import delivery, redemptions, service_records, technicians

__all__ = ["delivery", "redemptions", "service_records", "technicians"]
