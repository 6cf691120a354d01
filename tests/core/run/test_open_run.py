"""A run is opened as Prepare recorded it, and a missing record is named."""

import pytest

from lambdas.core.run.open_run import open_run
from lambdas.core.run.state import RunState
from lambdas.core.runtime.errors import RecordError
from lambdas.prepare.enrol import enrol
from tests.support.factories.core import folder, request, requirements
from tests.support.fakes.memory_folder import MemoryFolder


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> MemoryFolder:
    found = folder()
    monkeypatch.setattr(RunState, "folder", found)
    return found


def test_a_run_is_opened_as_prepare_recorded_it(place: MemoryFolder) -> None:
    asked, listed = request(requirements=["two cups"], max_cost_usd=1.5), requirements(2, nice=1)
    enrol(place, asked, "e1")
    place.write_json("requirements.json", {"language": "en", "requirements": [item.to_record() for item in listed]})

    run = open_run(RunState.of(asked))

    assert (run.folder, run.request, run.requirements) == (place, asked, listed)
    ledger = run.open_ledger("r00-a01-image", 0.25)
    assert (ledger.step, ledger.spent_before_usd, ledger.ceiling_usd) == ("r00-a01-image", 0.25, 1.5)


def test_a_resumed_run_counts_its_other_ledgers(place: MemoryFolder) -> None:
    asked = request()
    enrol(place, asked, "e1")
    place.write_json("requirements.json", {"language": "en", "requirements": []})
    call = {"kind": "image", "purpose": "attempt", "model_id": "m", "reserved_usd": 0.04, "cost_usd": 0.04}
    place.write_json("ledger/r01-a01-image.json", {"calls": [call]})

    ledger = open_run(RunState.of(asked, resumed=True)).open_ledger("r00-a01-image", 0.25)

    assert ledger.spent_before_usd == 0.04


@pytest.mark.parametrize("missing", ["request.json", "requirements.json"])
def test_a_run_with_a_missing_record_is_not_opened(place: MemoryFolder, missing: str) -> None:
    asked = request()
    enrol(place, asked, "e1")
    place.write_json("requirements.json", {"language": "en", "requirements": []})
    del place.files[missing]
    with pytest.raises(RecordError, match=missing):
        open_run(RunState.of(asked))
