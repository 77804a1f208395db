"""Profiles: secrets from the environment, messages that name file, line, key and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.base.outcomes import NotApplicable, Untested
from conformance.profile.loading import ProfileError, parse_profile, read_profile

GOOD = """
[target]
name = "staging"
base_url = "https://as.example.com/base"

[endpoints]
token = "https://tokens.example.com/t"
revocation = "/revoke"

[clients.confidential]
client_id = "a"
client_secret = "env:SECRET"
redirect_uris = ["https://client.example/cb"]
scopes = ["one", "two"]
grant_scopes = { client_credentials = ["one"] }
authentication = ["client_secret_basic", "client_secret_post"]

[clients.public]
client_id = "p"

[features]
grants = ["authorization_code", "client_credentials"]
revocation = true
"""
ENVIRONMENT = {"SECRET": "s3cret-value"}


def test_a_profile_becomes_a_target() -> None:
    profile = parse_profile(GOOD, "p.toml", environment=ENVIRONMENT)
    target = profile.target
    client = target.client("confidential")

    assert client.client_secret == "s3cret-value"
    assert client.scopes_for("client_credentials") == ("one",)
    assert client.scopes_for("authorization_code") == ("one", "two")
    assert target.client("public").is_public
    assert target.url("token") == "https://tokens.example.com/t"
    assert target.url("revocation") == "https://as.example.com/base/revoke"
    assert target.url("introspection") == "https://as.example.com/base/oauth/introspect"
    assert {"tls", "token_endpoint", "authorization_endpoint", "client_password", "scopes"} <= target.features
    assert ("tokens.example.com", 443) in target.hosts()


def test_the_shown_profile_holds_no_secret() -> None:
    profile = parse_profile(GOOD, "p.toml", environment=ENVIRONMENT)
    assert "s3cret-value" not in repr(profile.shown)
    assert profile.shown["clients"]["confidential"]["client_secret"] == "$SECRET"
    assert profile.secrets == {"s3cret-value": "$SECRET"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("revocation = true", "revokation = true"), "line 23: features: has no key 'revokation'"),
        (GOOD.replace('name = "staging"\n', ""), "line 2: target: lacks name"),
        (GOOD.replace("revocation = true", 'revocation = "yes"'), "line 23: features.revocation: is a string"),
        (GOOD.replace('client_id = "p"', ""), "line 18: clients.public: lacks client_id"),
        ("[target", "is not TOML"),
        (GOOD.replace("env:SECRET", "literal"), "line 12: clients.confidential.client_secret: a literal secret"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, "p.toml", environment=ENVIRONMENT)
    assert message in str(caught.value)


def test_every_gap_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = GOOD.replace("revocation = true", 'revokation = true\nintrospection = "yes"').replace('client_id = "p"', "")
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, "p.toml", environment={})
    assert str(caught.value).splitlines() == [
        "p.toml, line 12: clients.confidential.client_secret: the environment variable SECRET is not set",
        "p.toml, line 18: clients.public: lacks client_id",
        "p.toml, line 23: features: has no key 'revokation'; did you mean revocation?",
        "p.toml, line 24: features.introspection: is a string, must be boolean",
    ]


def test_every_literal_secret_is_told_at_once() -> None:
    text = GOOD.replace("env:SECRET", "literal") + '\n[resource_owner]\nusername = "a"\npassword = "known"\n'
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, "p.toml", environment=ENVIRONMENT)
    told = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in told] == ["clients.confidential.client_secret", "resource_owner.password"]
    assert "known" not in str(caught.value)


def test_a_missing_environment_variable_is_named() -> None:
    with pytest.raises(ProfileError, match=r"line 12: clients\.confidential\.client_secret: .* SECRET is not set"):
        parse_profile(GOOD, "p.toml", environment={})


def test_a_base_url_moves_relative_endpoints_only() -> None:
    relative = GOOD.replace("https://tokens.example.com/t", "/t")
    moved = parse_profile(relative, "p.toml", "http://127.0.0.1:8000", ENVIRONMENT)
    assert moved.target.url("token") == "http://127.0.0.1:8000/t"
    assert "tls" not in moved.target.features
    with pytest.raises(ProfileError, match="can't move absolute endpoints"):
        parse_profile(GOOD, "p.toml", "http://127.0.0.1:8000", ENVIRONMENT)
    with pytest.raises(ProfileError, match="not an http or https URL"):
        parse_profile(relative, "p.toml", "ftp://x", ENVIRONMENT)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"missing\.toml: can't be read"):
        read_profile(tmp_path / "missing.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match="is not UTF-8"):
        read_profile(tmp_path / "binary.toml")


def test_what_the_profile_lacks_is_untested_with_the_line_to_add() -> None:
    target = parse_profile(GOOD, "p.toml", environment=ENVIRONMENT).target
    with pytest.raises(Untested, match=r"add \[clients\.special\]"):
        target.client("special")
    with pytest.raises(Untested, match=r"add \[resource_owner\]"):
        target.owner()
    with pytest.raises(NotApplicable, match="doesn't claim the grant password"):
        target.client_for("password")
    assert target.client_for("client_credentials").name == "confidential"


def test_steps_of_sign_in_take_secrets_from_the_environment_alone() -> None:
    text = """
[target]
name = "t"
base_url = "https://as.example.com"
[clients.confidential]
client_id = "c"
grant_scopes = { password = ["profile"] }
[[sign_in.steps]]
page = "/login"
fill = { password = "{password}", pin = "env:PIN" }
"""
    profile = parse_profile(text, "p.toml", environment={"PIN": "4711-secret"})

    (step,) = profile.target.sign_in.steps
    assert step.fill == {"password": "{password}", "pin": "4711-secret"}
    assert profile.secrets == {"4711-secret": "$PIN"}
    assert profile.shown["sign_in"]["steps"][0]["fill"]["pin"] == "$PIN"


def test_who_signs_in_at_a_provider_is_one_of_the_profiles_accounts() -> None:
    table = '[documented.federation]\nprovider = "https://id.example"\nusername = "a"\npassword = "env:P"\n'
    with pytest.raises(ProfileError, match=r"documented\.federation\.resource_owner"):
        parse_profile(f'{GOOD}\n{table}resource_owner = "nobody"\n', "p.toml", environment=ENVIRONMENT)
