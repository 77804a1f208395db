"""Reference servers in this process, seen through profiles of a test's own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from typing import Any

from conformance.base.toml_writing import as_toml
from conformance.harness.session import Session
from conformance.preflight.controls import Examiner
from conformance.preflight.examination import examine
from conformance.profile.loading import Profile, parse_profile
from conformance.wire.asgi import AsgiTransport
from reference_server import build
from reference_server.federation import in_process
from reference_server.pipeline import Edit
from reference_server.profile import profile_for
from reference_server.provider.bundled import bundled_provider
from reference_server.server import control_app, public_app
from tests.matrix.engine import BASE, CONTROL, PLAIN, PROVIDER, SETTINGS, World, signer

SOURCE = "p.toml"
App = Callable[..., Any]


def document() -> dict[str, Any]:
    """The profile that fits the default server."""
    return tomllib.loads(profile_for(build(SETTINGS), BASE, PLAIN, CONTROL))


def profile_of(content: dict[str, Any]) -> Profile:
    """A profile from its tables."""
    return parse_profile(as_toml(content), SOURCE)


def world_with(profile: Profile, edits: Sequence[Edit] = (), around: Callable[[App], App] = lambda app: app) -> World:
    """A clean server with edits, and the suite with a profile of its own; `around` may stand before the server."""
    server = build(SETTINGS, edits)
    app = around(public_app(server))
    apps = {BASE: app, PLAIN: app, CONTROL: control_app(server)}
    provider = bundled_provider(server.settings, signer())
    if provider is not None and server.federation is not None:
        server.federation.reach = in_process(provider.app)
        apps[PROVIDER] = provider.app
    return World(profile, Session.open(profile.target, AsgiTransport(apps), profile.secrets))


def examined(profile: Profile, edits: Sequence[Edit] = (), around: Callable[[App], App] = lambda app: app) -> Examiner:
    """What the controls of a profile find."""
    world = world_with(profile, edits, around)
    try:
        return examine(world.profile, world.session)
    finally:
        world.session.close()
