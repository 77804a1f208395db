"""The same promises over sockets, for defects of the transport: protocol versions, certificates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reference_server.defects import DEFECTS, Defect
from tests.matrix.engine import UNDECIDED, differences, key, reasons, within_scope
from tests.matrix.kills import PROPERTY, turned_red
from tests.matrix.sockets import clean_over_sockets, over_sockets, transport_cases
from tests.matrix.touched import Touched

TRANSPORT_DEFECTS = [defect for defect in DEFECTS if defect.transport]


def test_the_clean_server_keeps_what_only_sockets_show() -> None:
    undecided = {name: end.why for name, end in clean_over_sockets().items() if end.verdict not in ("passed", "noted")}
    assert undecided == {}


@pytest.mark.parametrize("defect", TRANSPORT_DEFECTS, ids=lambda defect: defect.name)
def test_transport_defect_breaks_exactly_what_it_declares(
    defect: Defect, touched: Touched, record_property: Callable[[str, object], None]
) -> None:
    only = touched.scope(defect)
    chosen = [case for case in transport_cases() if only is None or case.requirement in only]
    breaks, blocks = within_scope(defect.breaks, only), within_scope(defect.blocks, only)
    if not chosen and not breaks | blocks:
        pytest.skip("meets nothing that changed")
    after = over_sockets(["--defect", defect.name], chosen)
    if only is None:
        record_property(PROPERTY, turned_red(after, clean_over_sockets()))
    found = differences(clean_over_sockets(), after)
    broken = {name for name, (_, verdict) in found.items() if verdict in ("failed", "warned")}
    assert broken == breaks, reasons(after, found)
    assert {name for name, (_, verdict) in found.items() if verdict in UNDECIDED} == blocks


def test_every_test_is_decided_somewhere() -> None:
    assert {key(case) for case in transport_cases()} <= set(clean_over_sockets())
