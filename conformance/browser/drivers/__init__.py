"""How the authorization endpoint is driven: what takes a user agent from a first reply to where it ends.

`[sign_in] driver` in the profile names one: `form`, `browser`, `manual`, or a callable as `package.module:callable`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive
from conformance.browser.drivers.driver import DrivenSurroundings, Driver, UnusableDriver

if TYPE_CHECKING:
    from conformance.profile.target import Target

__all__ = ["Driver", "UnusableDriver", "check_driver", "driver_of", "make_driver"]


def make_driver(target: Target) -> Driver:
    """The driver that a profile names. Raises UnusableDriver. Heavy ones are imported when they are named."""
    if target.sign_in.driver == "form":
        from conformance.browser.drivers.form import FormDriver

        return FormDriver()
    if target.sign_in.driver == "browser":
        from conformance.browser.drivers.browser import BrowserDriver

        return BrowserDriver.prepared(target.sign_in)
    if target.sign_in.driver == "manual":
        from conformance.browser.drivers.manual import ManualDriver

        return ManualDriver.prepared(target)
    from conformance.browser.drivers.custom import CustomDriver

    return CustomDriver.named(target.sign_in)


def driver_of(session: DrivenSurroundings) -> Driver:
    """The session's driver, made when it is first needed. Inconclusive where it can't be used."""
    if session.driver is None:
        try:
            session.driver = make_driver(session.target)
        except UnusableDriver as error:
            raise Inconclusive(str(error)) from error
    return session.driver


def check_driver(target: Target) -> None:
    """Raise UnusableDriver before a run begins, for what shows without a first authorization request."""
    if "authorization_endpoint" in target.features and target.sign_in.driver != "form":
        make_driver(target).close()
