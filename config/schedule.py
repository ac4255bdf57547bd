"""What happens by the clock: sweeps, each of which may run at any time and as often as you like."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "evaluate what no nudge announced": {
        "task": "rewards.tasks.evaluate_pending",
        "schedule": 5.0,
        "options": {"expires": 5.0},  # While no worker runs, sweeps must not pile up.
    },
    "record birthdays": {
        "task": "rewards.tasks.record_birthdays_due",
        "schedule": crontab(minute="1,16,31,46"),  # Somewhere a day begins at each quarter of an hour.
        "options": {"expires": 600.0},
    },
    "take the days on which policies are due to customers": {
        "task": "rewards.tasks.bring_policy_days",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "run backtests that wait": {
        "task": "rewards.tasks.run_backtests",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "tell that campaigns have begun": {
        "task": "rewards.tasks.announce_begun_campaigns",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "work out who is in which segment": {
        "task": "rewards.tasks.recompute_every_segment",
        "schedule": crontab(minute=7),
        "options": {"expires": 3600.0},
    },
    "measure experiments": {
        "task": "rewards.tasks.advance_every_experiment",
        "schedule": crontab(minute=37),
        "options": {"expires": 3600.0},
    },
    "learn what customers choose together": {
        "task": "rewards.tasks.learn_every_recommendation",
        "schedule": crontab(hour=2, minute=50),
        "options": {"expires": 3600.0},
    },
    "settle accounts whose points became spendable or lapsed": {
        "task": "credits.tasks.settle_accounts",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "announce points that will lapse": {
        "task": "credits.tasks.announce_expiry",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "review tiers whose day has come": {
        "task": "credits.tasks.review_due_tiers",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "end sessions, grants and coupons whose time is over": {
        "task": "rewards.tasks.end_what_is_over",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "snapshots of credits that have changed": {
        "task": "rewards.tasks.refill_credits",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "tell what happened": {
        "task": "fulfillment.tasks.read_events",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "post webhooks that are due": {
        "task": "fulfillment.tasks.send_webhooks",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "send messages that are due": {
        "task": "fulfillment.tasks.send_messages",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "deliver what was redeemed or granted": {
        "task": "fulfillment.tasks.deliver_pending",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "forget the customers of shops that asked for it": {
        "task": "fulfillment.tasks.forget_shops",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget answers that nobody will ask for again": {
        "task": "referrals.tasks.forget_old_replies",
        "schedule": 86_400.0,
        "options": {"expires": 86_400.0},
    },
    "send invitations that no nudge announced": {
        "task": "referrals.tasks.send_invitations",
        "schedule": 30.0,
        "options": {"expires": 30.0},
    },
    "note who came by invitations, and forget old addresses": {
        "task": "referrals.tasks.follow_invitations",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "turn old clicks into numbers": {
        "task": "referrals.tasks.forget_old_clicks",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600.0},
    },
    "move points of customers who were merged": {
        "task": "rewards.tasks.level_merged_accounts",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "forget who signed up and never came": {
        "task": "rewards.tasks.forget_stale_sign_ups",
        "schedule": 86_400.0,
        "options": {"expires": 86_400.0},
    },
    "let referrals expire": {
        "task": "referrals.tasks.expire_late_referrals",
        "schedule": crontab(minute=10),
        "options": {"expires": 3600.0},
    },
    "show that workers are there": {
        "task": "config.tasks.show_life",
        "schedule": 10.0,
        "args": ("worker",),
        "options": {"expires": 10.0},
    },
    "show that outbound workers are there": {
        "task": "config.tasks.show_life",
        "schedule": 10.0,
        "args": ("outbound",),
        "options": {"expires": 10.0, "queue": "outbound"},
    },
    "compare customers by what they buy": {
        "task": "referrals.tasks.recompute_every_rfm",
        "schedule": crontab(hour=2, minute=20),
        "options": {"expires": 3600.0},
    },
}
