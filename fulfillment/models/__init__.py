"""The nouns of the top floor: what for."""

from fulfillment.models.technicians import Technician

__all__ = ["Technician"]
