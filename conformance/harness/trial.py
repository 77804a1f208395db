"""One test with its three vocabularies: `given` arranges, `send` speaks raw protocol, `expect` finds breaches."""

from __future__ import annotations

from functools import cached_property

from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.recorder import Recorder
from conformance.harness.send import Send


class Trial(Recorder):
    """A recorder, and the words that a test says through it; each vocabulary knows those below it, never the trial."""

    @cached_property
    def send(self) -> Send:
        """What sends anything and judges nothing."""
        return Send(self)

    @cached_property
    def given(self) -> Given:
        """What arranges preconditions."""
        return Given(self.send)

    @cached_property
    def expect(self) -> Expect:
        """What alone finds a breach."""
        return Expect(self.send)
