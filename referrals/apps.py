from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Who: people, merchants, who brought whom, and what they bought."""

    name = "referrals"
