"""Ways to falsify the books behind the product's back: one for each thing that the proof must notice."""

from dataclasses import dataclass, field

from django.apps import apps


@dataclass(frozen=True)
class Tampering:
    """Some SQL, and what must be found.

    `breaks` is the invariant that is broken, `too` those that cannot but be broken with it. The SQL returns the ids
    of the rows of `table` that must be named; where the database itself is changed, `row` is what must be said of it.
    """

    breaks: str
    sql: str
    table: str = ""
    row: dict = field(default_factory=dict)
    too: tuple[str, ...] = ()

    def __str__(self):
        return self.breaks


def trigger(model, name):
    found = next(each for each in apps.get_model(model)._meta.triggers if each.name == name)
    return found.get_pgid(apps.get_model(model))


def customer(external_id):
    return f"(SELECT id FROM referrals_customer WHERE external_id = '{external_id}')"


def purchase(order_id):
    return f"(SELECT id FROM referrals_purchase WHERE order_id = '{order_id}')"


def evaluation(order_id):
    return f"subject_id = {purchase(order_id)} AND trigger = 'purchase.completed' RETURNING id"


def first(table, condition):
    return f"id = (SELECT min(id) FROM {table} WHERE {condition})"


def set_json(column, path, value):
    return f"{column} = jsonb_set({column}, '{path}', '{value}')"


DATABASE = [
    Tampering("referrals_triggers", "DROP TRIGGER {0} ON referrals_purchase", row={"table": "referrals_purchase"}),
    Tampering("credits_triggers", "ALTER TABLE credits_entry DISABLE TRIGGER {1}", row={"found": "disabled"}),
    Tampering("rewards_triggers", "DROP TRIGGER {2} ON rewards_policyversion", row={"table": "rewards_policyversion"}),
    Tampering(
        "referrals_constraints",
        "DROP INDEX referral_code_one_live",
        row={"table": "referrals_referralcode", "missing": "referral_code_one_live"},
    ),
    Tampering(
        "credits_constraints",
        "ALTER TABLE credits_entry DROP CONSTRAINT entry_one_effect_per_cause",
        row={"missing": "entry_one_effect_per_cause"},
    ),
    Tampering(
        "rewards_constraints",
        "ALTER TABLE rewards_grant DROP CONSTRAINT grant_one_per_cause",
        row={"missing": "grant_one_per_cause"},
    ),
    Tampering(
        "referrals_same_merchant",
        "ALTER TABLE referrals_purchase DROP CONSTRAINT purchase_same_merchant",
        row={"missing": "purchase_same_merchant"},
    ),
    Tampering(
        "credits_same_merchant",
        "ALTER TABLE credits_entry DROP CONSTRAINT entry_same_merchant;"
        " ALTER TABLE credits_entry ADD CONSTRAINT entry_same_merchant"
        " FOREIGN KEY (account_id, merchant_id) REFERENCES credits_account (id, merchant_id) NOT VALID",
        row={"missing": "entry_same_merchant"},
    ),
    Tampering(
        "rewards_same_merchant",
        "ALTER TABLE rewards_grant DROP CONSTRAINT grant_option_same_merchant",
        row={"missing": "grant_option_same_merchant"},
    ),
    Tampering(
        "referrals_whole_numbers",
        "ALTER TABLE referrals_refund ALTER amount TYPE numeric",
        row={"table": "referrals_refund", "column": "amount", "found": "numeric"},
    ),
    Tampering(
        "credits_whole_numbers",
        "ALTER TABLE credits_lotuse ALTER points TYPE double precision",
        row={"table": "credits_lotuse", "column": "points", "found": "double precision"},
    ),
    Tampering(
        "rewards_whole_numbers",
        "ALTER TABLE rewards_limituse ALTER points TYPE real",
        row={"table": "rewards_limituse", "column": "points", "found": "real"},
    ),
    Tampering(
        "referrals_moments",
        "ALTER TABLE referrals_refund ALTER received_at TYPE timestamp",
        row={"table": "referrals_refund", "column": "received_at"},
    ),
    Tampering(
        "credits_moments",
        "ALTER TABLE credits_tiermove ALTER recorded_at TYPE timestamp",
        row={"table": "credits_tiermove", "column": "recorded_at"},
    ),
    Tampering(
        "rewards_moments",
        "ALTER TABLE rewards_grant ALTER issued_at TYPE timestamp",
        row={"table": "rewards_grant", "column": "issued_at"},
    ),
]

WHO = [
    Tampering(
        "conflicts_recorded",
        "UPDATE referrals_inboundevent SET conflict_count = 0 WHERE refused RETURNING id",
        "referrals_inboundevent",
    ),
    Tampering(
        "events_have_purchases",
        "DELETE FROM referrals_inboundevent WHERE order_id = 'alice-1';"
        f" SELECT id FROM referrals_purchase WHERE id = {purchase('alice-1')}",
        "referrals_purchase",
    ),
    Tampering(
        "events_have_purchases",
        "INSERT INTO referrals_inboundevent (merchant_id, source, event_id, order_id, content_hash, received_at, refused,"
        " conflict_count) SELECT id, 'api', 'ghost', 'ghost', '', now(), false, 0 FROM referrals_merchant RETURNING id",
        "referrals_inboundevent",
    ),
    Tampering(
        "referral_events",
        "DELETE FROM referrals_event WHERE type = 'referral.completed' RETURNING subject_id",
        "referrals",
    ),
    Tampering(
        "referral_events_stay_in_their_merchant",
        f"UPDATE referrals_event SET merchant_id = 0 WHERE {first('referrals_event', 'subject_type = ''referral''')}"
        " RETURNING id".replace("''", "'"),
        "referrals_event",
    ),
    Tampering(
        "referrals_join_two",
        f"UPDATE referrals_referralcode SET customer_id = {customer('carol')}; SELECT id FROM referrals",
        "referrals",
    ),
    Tampering(
        "referral_dates",
        "UPDATE referrals SET rewarded_at = NULL WHERE status = 'rewarded' RETURNING id",
        "referrals",
    ),
    Tampering(
        "codes_can_be_typed",
        "UPDATE referrals_referralcode SET code = 'O' || substr(code, 2) RETURNING id",
        "referrals_referralcode",
    ),
]
