"""Proves the profile of a client under test: an honest login, what is asked besides, and one that is refused."""

from __future__ import annotations

from functools import partial

import httpx

from conformance.clients.login_browser import Browser
from conformance.clients.played import WORDS, Played
from conformance.clients.playing import credentials_of
from conformance.clients.serve import ASKED, Serve
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.preflight.controls import Examiner, Pointless, Wrong
from conformance.profile.client_role import Staging
from conformance.profile.loading import Profile

DRIVER = ("driver",)
# What may be asked, and the feature that says whether the client can.
FEATURE_OF = {
    "refresh": "refresh_token",
    "revocation": "revocation",
    "client_credentials": "client_credentials",
    "password": "password",
}
DENIED = "access-denied"


def examine_client(profile: Profile, session: Session) -> Examiner:
    """Try a client's logins, one by one."""
    examiner = Examiner(profile, session)
    if profile.target.staging != Staging():
        examiner.try_out("stages are where the profile says", ("stage",), _staged)
    examiner.try_out("an honest login", DRIVER, _honest, blocks="driver")
    examiner.try_out("the protected resource is used", DRIVER, _at_resource, needs=("driver",))
    for asked, feature in FEATURE_OF.items():
        place = ("features", "revocation") if asked == "revocation" else ("features", "grants")
        examiner.try_out(
            f"`{asked}` is done when it is asked for", place, partial(_asked, asked, feature), needs=("driver",)
        )
    examiner.try_out("a second login is made when it is asked for", DRIVER, _second, needs=("driver",))
    examiner.try_out("a login that the resource owner refuses", DRIVER, _denied, needs=("driver",))
    return examiner


def _staged(trial: Trial) -> str:
    """An address, a name and a certificate of the profile's own, by a request from here."""
    staging = trial.target.staging
    house = trial.session.house()
    stage = house.open(credentials_of(trial.target))
    browser = Browser(frozenset(), str(house.certificates), staging.reached_at)
    try:
        browser.read(f"{stage.issuer}/.well-known/oauth-authorization-server")
    except httpx.HTTPError as error:
        raise Wrong(f"no stage answers at {stage.issuer}: {error}", "check `certificate` and `public_url`") from error
    finally:
        browser.close()
        house.end(stage)
    return f"one answered at {stage.issuer}, asked at {staging.reached_at}"


def _honest(trial: Trial) -> str:
    played = Serve(trial).honest()
    missing = next((kind for kind in ("start", "code exchange", "tokens") if not played.has(kind)), None)
    if missing:
        raise Wrong(f"no sign of {WORDS[missing]}: {played.ending.words}", "look at the exchanges")
    return f"it got its tokens; {played.ending.words}"


def _at_resource(trial: Trial) -> str:
    if not Serve(trial).honest().has("served"):
        raise Pointless("the client makes no use of its token: what depends on that stays undecided")
    return "it used its token there"


def _asked(asked: str, feature: str, trial: Trial) -> str:
    if feature not in trial.target.features:
        raise Pointless(f"the profile doesn't claim {feature}")
    played = Serve(trial).honest(asked)
    return f"it sent {WORDS[ASKED[asked]]}; {_ended(played)}"


def _second(trial: Trial) -> str:
    return f"it logged in twice; {_ended(Serve(trial).honest('second_login', times=2))}"


def _denied(trial: Trial) -> str:
    played = Serve(trial).login(DENIED)
    if played.ending.how == "succeeded":
        raise Wrong(
            f"the resource owner said no, and the client reported a success: {played.ending.words}",
            "exit code not trusted: what the client sends decides alone; let it end with another code, or raise",
        )
    return _ended(played)


def _ended(played: Played) -> str:
    return played.ending.words
