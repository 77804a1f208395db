"""The same promises over sockets, for defects of the transport: protocol versions, certificates."""

from __future__ import annotations

import pytest

from reference_server.defects import DEFECTS, Defect
from tests.matrix.engine import UNDECIDED, differences, key, reasons
from tests.matrix.sockets import clean_over_sockets, over_sockets, transport_cases

TRANSPORT_DEFECTS = [defect for defect in DEFECTS if defect.transport]


def test_the_clean_server_keeps_what_only_sockets_show() -> None:
    undecided = {name: end.why for name, end in clean_over_sockets().items() if end.verdict not in ("passed", "noted")}
    assert undecided == {}


@pytest.mark.parametrize("defect", TRANSPORT_DEFECTS, ids=lambda defect: defect.name)
def test_transport_defect_breaks_exactly_what_it_declares(defect: Defect) -> None:
    after = over_sockets(["--defect", defect.name], transport_cases())
    found = differences(clean_over_sockets(), after)
    assert {name for name, (_, verdict) in found.items() if verdict in ("failed", "warned")} == set(defect.breaks), (
        reasons(after, found)
    )
    assert {name for name, (_, verdict) in found.items() if verdict in UNDECIDED} == set(defect.blocks)


def test_every_test_is_decided_somewhere() -> None:
    assert {key(case) for case in transport_cases()} <= set(clean_over_sockets())
