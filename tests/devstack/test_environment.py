from config.devstack import environment


def test_what_would_lead_clients_of_postgresql_astray_is_not_inherited(monkeypatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    assert not {"PGPORT", "PGSERVICE"} & environment.inherited().keys()
    assert "PATH" in environment.inherited()


def test_given_values_win_unless_they_are_empty() -> None:
    merged = environment.preferring({"A": "theirs", "B": "", "OTHER": "x"}, {"A": "ours", "B": "ours", "C": "ours"})
    assert merged == {"A": "theirs", "B": "ours", "C": "ours"}


def test_a_broker_that_is_left_to_the_settings_is_not_set() -> None:
    addresses = environment.Addresses("postgres://p", "redis://r", None)
    assert addresses.variables() == {"DATABASE_URL": "postgres://p", "REDIS_URL": "redis://r"}
