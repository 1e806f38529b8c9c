"""For the load balancer and for whoever watches."""

import pytest

from openspace.extensions import db


def test_healthz_says_that_the_tables_are_current(hall):
    answer = hall.app.test_client().get("/healthz")

    assert (answer.status_code, answer.get_json()) == (200, {"database": "current"})


def test_healthz_fails_while_the_tables_are_old(hall):
    with hall.app.app_context():
        newest = db.session.scalar(db.text("SELECT version_num FROM alembic_version"))
        db.session.execute(db.text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
        before = hall.app.test_client().get("/healthz")
        # As it was: an app that is made on these tables later would migrate them again.
        db.session.execute(db.text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
        db.session.commit()

    assert (before.status_code, before.get_json()) == (503, {"database": "needs an upgrade"})


def test_metrics_count_what_happened(hall):
    def value(name: str) -> float:
        lines = hall.app.test_client().get("/metrics").get_data(as_text=True).splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    before, asked = (
        value("openspace_catch_ups_total"),
        value('openspace_request_seconds_count{endpoint="live.changes"}'),
    )

    hall.ask("participant").get(hall.url("live?channel=board&since=0"))

    assert value("openspace_catch_ups_total") == before + 1
    assert value('openspace_request_seconds_count{endpoint="live.changes"}') == asked + 1
    assert value("openspace_requests_under_way") == 1


@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "::1", 200),
        ("", {}, "10.0.0.7", 403),
        ("", {"X-Forwarded-For": "10.0.0.7"}, "127.0.0.1", 403),
        ("secret", {}, "127.0.0.1", 403),
        ("secret", {"Authorization": "Bearer wrong"}, "127.0.0.1", 403),
        ("secret", {"Authorization": "Bearer secret"}, "10.0.0.7", 200),
    ],
)
def test_metrics_are_for_the_tokens_bearer_or_for_this_machine(hall, monkeypatch, token, headers, address, status):
    monkeypatch.setitem(hall.app.config, "METRICS_TOKEN", token)

    answer = hall.app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == status


def test_nobody_is_named_in_the_metrics(hall):
    hall.ask("participant").get(hall.url())

    text = hall.app.test_client().get("/metrics").get_data(as_text=True)

    assert hall.slug not in text
