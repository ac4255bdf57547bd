"""A ledger of millions of entries: half of them earned and half of them spent, by the customers who are there.

For each pair of entries there are the lot, its use, the claim to a tier and the events that the product writes.
Foreign keys are not checked while they are written, for each would take as long as the row itself.
"""

import psycopg

ACCOUNTS = """
    INSERT INTO credits_account (merchant_id, customer_id, wallet_id, available, pending, held, owed, lifetime_points,
        qualifying_spend, qualifying_orders, qualifying_points, event_sequence)
    SELECT merchant_id, customer.id, wallet.id, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM referrals_customer AS customer JOIN credits_wallet AS wallet USING (merchant_id)
    ON CONFLICT DO NOTHING
"""
NUMBERED = """
    CREATE TABLE numbered AS
        SELECT id, merchant_id, event_sequence, row_number() OVER (ORDER BY id) - 1 AS number FROM credits_account;
    CREATE UNIQUE INDEX ON numbered (number);
    ANALYZE numbered
"""
ENTRIES = """
    INSERT INTO credits_entry (id, uuid, merchant_id, account_id, points, kind, source_type, source_id, evaluation_id,
        reason, reason_args, actor, key, occurred_at, posted_at)
    SELECT %(first)s + entry, gen_random_uuid(), merchant_id, id, CASE WHEN entry %% 2 = 0 THEN 10 ELSE -10 END,
        CASE WHEN entry %% 2 = 0 THEN 'earned' ELSE 'redeemed' END, 'purchase', entry + 1, -entry - 1,
        'purchase.completed', '{"as": "buyer", "policy": 1}', 'bench', 'grown:' || entry, at, at
    FROM generate_series(0, %(count)s - 1) AS entry
    JOIN numbered ON number = (entry / 2) %% (SELECT count(*) FROM numbered),
        LATERAL (SELECT timestamptz '2025-11-01' + entry * interval '3 s' AS at) AS moment
"""
LOTS = """
    INSERT INTO credits_lot (entry_id, account_id, granted, remaining, earned_at, active_at, waiting_for, expires_at)
    SELECT id, account_id, 10, 0, occurred_at, occurred_at, '', occurred_at + interval '24 months'
    FROM credits_entry WHERE id >= %(first)s AND points > 0
"""
USES = """
    INSERT INTO credits_lotuse (lot_id, entry_id, points)
    SELECT id, id + 1, 10 FROM credits_entry WHERE id >= %(first)s AND points > 0
"""
CLAIMS = """
    INSERT INTO credits_qualifyingamount (account_id, evaluation_id, spend, orders, points, occurred_at)
    SELECT account_id, evaluation_id, 1000, 1, 10, occurred_at FROM credits_entry WHERE id >= %(first)s AND points > 0
"""
EVENTS = """
    INSERT INTO referrals_event (uuid, merchant_id, type, subject_type, subject_id, sequence, payload, occurred_at)
    SELECT gen_random_uuid(), entry.merchant_id, 'points.' || kind, 'account', account_id,
        event_sequence + row_number() OVER (PARTITION BY account_id ORDER BY entry.id),
        '{"points": 10, "reason": "purchase.completed"}', occurred_at
    FROM credits_entry AS entry JOIN numbered ON numbered.id = account_id WHERE entry.id >= %(first)s
"""
SUMS = """
    UPDATE credits_account AS account SET event_sequence = event_sequence + 2 * pairs,
        lifetime_points = lifetime_points + 10 * pairs, qualifying_points = qualifying_points + 10 * pairs,
        qualifying_spend = qualifying_spend + 1000 * pairs, qualifying_orders = qualifying_orders + pairs
    FROM (SELECT account_id, count(*) AS pairs FROM credits_entry WHERE id >= %(first)s AND points > 0
        GROUP BY account_id) AS grown
    WHERE grown.account_id = account.id
"""


def open_accounts(url: str) -> None:
    """Everybody has an account, in the small ledger as well as in the large one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ACCOUNTS)


def grow(url: str, entries: int) -> None:
    """Add so many entries to the ledger, with everything that belongs to them."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in NUMBERED.split(";"):
            connection.execute(statement)
        (first,) = connection.execute("SELECT coalesce(max(id), 0) + 1000 FROM credits_entry").fetchone()
        for statement in (ENTRIES, LOTS, USES, CLAIMS, EVENTS, SUMS):
            connection.execute(statement, {"first": first, "count": entries})
        connection.execute("SELECT setval('credits_entry_id_seq', (SELECT max(id) FROM credits_entry))")
        connection.execute("DROP TABLE numbered")


def settle_down(url: str) -> None:
    """What the database does by itself after a while: statistics, and pages that are written."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
