"""What a run leaves is read off the wire: sign-ins good and bad, wrong secrets, tokens; and its tokens are revoked."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import pytest

from conformance.harness.clearing import revoke_all
from conformance.harness.footprint import Footprint, Issued, Watch, failed_sign_ins, may_lock
from conformance.harness.trial import Trial
from conformance.profile.target import Client, Limits, ResourceOwner, Target
from conformance.wire.exchange import Exchange, Reply, Request
from tests.harness.fakes import BASE, CLIENT
from tests.matrix.engine import World, open_world

FORM = "application/x-www-form-urlencoded"
PART = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'


def target(limit: int | None = None) -> Target:
    """A target with one client and two accounts that share a password."""
    names = {"resource_owner": "alice", "resource_owner_other": "bob"}
    return Target(
        name="fake",
        base_url=BASE,
        features=frozenset(),
        endpoints={},
        clients={"confidential": CLIENT},
        owners={table: ResourceOwner(table, name, "shared-password") for table, name in names.items()},
        limits=Limits(failed_authentications=limit),
    )


def multipart(fields: Mapping[str, str]) -> bytes:
    """The body of a multipart form."""
    return ("".join(PART.format(name, value) for name, value in fields.items()) + "--b--\r\n").encode()


def sent(body: bytes, kind: str = FORM, reply: Reply | None = None, **headers: str) -> Footprint:
    """What is seen of one request."""
    watch = Watch(target())
    request = Request("POST", f"{BASE}/x", (("Content-Type", kind), *headers.items()), body)
    watch.exchange(request, reply)
    return watch.seen


def answering(request: Request, content: Mapping[str, object]) -> Reply:
    """A reply with JSON."""
    return Reply(request, 200, (("Content-Type", "application/json"),), json.dumps(content).encode())


@pytest.mark.parametrize(
    ("body", "kind", "account", "counts"),
    [
        (b"username=alice&password=shared-password", FORM, "resource_owner", (1, 0)),
        (b"user=bob&pwd=wrong", FORM, "resource_owner_other", (0, 1)),
        (b"password=shared-password", FORM, "resource_owner", (1, 0)),
        (multipart({"login": "bob", "pass": "shared-password"}), "multipart/form-data", "resource_owner_other", (1, 0)),
        (b'{"username": "alice", "password": "wrong"}', "application/json", "resource_owner", (0, 1)),
        (b"grant_type=password&username=alice&password=wrong&client_secret=s", FORM, "resource_owner", (0, 1)),
    ],
    ids=["form", "wrong", "password alone", "multipart", "JSON", "grant"],
)
def test_a_sign_in_is_seen(body: bytes, kind: str, account: str, counts: tuple[int, int]) -> None:
    seen = sent(body, kind).accounts
    assert {name: (use.sign_ins, use.failed_sign_ins) for name, use in seen.items()} == {account: counts}


@pytest.mark.parametrize(
    "body",
    [
        b"username=alice",
        b"username=somebody&password=wrong",
        b"client_id=client&client_secret=client-secret-value",
        b"",
    ],
    ids=["name alone", "nobody's", "client", "nothing"],
)
def test_what_is_no_sign_in_is_none(body: bytes) -> None:
    assert sent(body).accounts == {}


@pytest.mark.parametrize(
    ("body", "secret", "failed"),
    [
        (b"client_id=client&client_secret=wrong", None, 1),
        (b"client_id=client&client_secret=client-secret-value", None, 0),
        (b"", "wrong", 1),
        (b"", "client-secret-value", 0),
    ],
)
def test_a_wrong_secret_is_seen(body: bytes, secret: str | None, failed: int) -> None:
    basic = base64.b64encode(f"client:{secret}".encode()).decode()
    seen = sent(body, **({"Authorization": f"Basic {basic}"} if secret else {})).clients
    assert seen["confidential"].failed_sign_ins == failed


def test_failures_in_a_row_are_counted_between_good_ones() -> None:
    watch = Watch(target())
    for word in ("wrong", "wrong", "shared-password", "wrong"):
        body = f"username=alice&password={word}".encode()
        watch.exchange(Request("POST", BASE, (("Content-Type", FORM),), body), None)
    taken = watch.take()
    watch.exchange(Request("POST", BASE, (("Content-Type", FORM),), b"username=alice&password=wrong"), None)
    taken.add(watch.take())
    assert (taken.accounts["resource_owner"].failed_sign_ins, taken.accounts["resource_owner"].most_in_a_row) == (4, 2)
    assert may_lock(taken, target(limit=2)) == ["[resource_owner]"]
    assert may_lock(taken, target(limit=4)) == []


def test_tokens_are_seen_with_their_client_and_written_nowhere() -> None:
    request = Request("POST", BASE, (("Content-Type", FORM),), b"grant_type=password&client_id=client")
    watch = Watch(target())
    watch.exchange(request, answering(request, {"access_token": "secret-a", "refresh_token": "secret-r"}))
    assert list(watch.seen.issued.values()) == [
        Issued("secret-a", "access_token", "confidential", True),
        Issued("secret-r", "refresh_token", "confidential"),
    ]
    assert "secret" not in json.dumps(watch.seen.as_dict()) + repr(watch.seen.issued["secret-a"])


# Clearing


@pytest.fixture(params=[None, "access-tokens-not-revocable", "no-introspection"])
def world(request: pytest.FixtureRequest) -> World:
    """Servers that revoke all tokens, refresh tokens alone, and all tokens without being asked about them."""
    return open_world(request.param)


def test_a_run_revokes_what_it_was_given(world: World) -> None:
    given = Trial(world.session).given
    tokens = [given.tokens("password"), given.tokens("client_credentials"), given.tokens("implicit")]
    issued = world.session.watch.take().issued
    cleared = revoke_all(world.session, issued.values())
    revocable = [each for each in tokens if each.refresh_token]
    alive = [each for each in revocable if Trial(world.session).send.refresh(each).is_success]
    assert (alive, cleared.revoked + cleared.left) == ([], len(issued))
    assert bool(cleared.why) == bool(cleared.left)


def test_tokens_of_a_client_that_nobody_knows_are_left() -> None:
    world = open_world(None)
    cleared = revoke_all(world.session, [Issued("x", "access_token", "")])
    assert (cleared.revoked, cleared.left, cleared.why) == (0, 1, "it isn't known whose token it is")


def test_a_public_client_revokes_by_its_name() -> None:
    world = open_world(None)
    public: Client = world.profile.target.clients["public"]
    Trial(world.session).given.tokens("password", public)
    cleared = revoke_all(world.session, world.session.watch.take().issued.values())
    assert (cleared.left, cleared.why) == (0, "")


def test_failed_sign_ins_are_told_of_evidence() -> None:
    bodies = (b"username=alice&password=wrong", b"client_id=client&client_secret=wrong", b"username=bob&password=x")
    requests = [Request("POST", BASE, (("Content-Type", FORM),), body) for body in bodies]

    failed = failed_sign_ins(target(), [Exchange(request, None, 0.0) for request in (*requests, requests[0])])

    assert failed == {"resource_owner": 2, "resource_owner_other": 1, "clients.confidential": 1}
