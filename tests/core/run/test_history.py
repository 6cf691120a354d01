"""The history of a run, read from its records."""

from lambdas.core.run.history import History, read_history
from lambdas.core.storage.run_folder import RunFolder
from tests.support.factories.sample_run import SampleRun
from tests.support.fakes.memory_folder import MemoryFolder


def history(run: SampleRun) -> History:
    found = read_history(run.folder)
    assert found is not None
    return found


def test_a_folder_without_a_request_has_no_history() -> None:
    empty: RunFolder = MemoryFolder("b", "p", "r")
    assert read_history(empty) is None
    empty.write("r00/a01/image-1.png", b"png", "image/png")
    assert read_history(empty) is None


def test_wordings_and_attempts_are_in_numeric_order() -> None:
    run = SampleRun()
    for revision in (0, 2, 11, 100):
        run.wording(revision)
        for attempt in (1, 9, 10, 99, 100):
            run.attempt(revision, attempt, [b"png"], [{}])
    found = history(run)
    assert [wording.revision for wording in found.wordings] == [0, 2, 11, 100]
    assert [one.attempt for one in found.wordings[0].attempts] == [1, 9, 10, 99, 100]
    assert [(one.revision, one.attempt) for one in found.attempts][-2:] == [(100, 99), (100, 100)]


def test_the_best_attempt_is_the_first_that_meets_the_most_must_haves() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [b"a"], [{"r1": "day", "r2": "no"}])
    run.attempt(0, 2, [b"b"], [{"r1": "day", "r5": "loud"}])
    run.attempt(0, 3, [b"c"], [{"r2": "no"}])
    run.wording(1)
    run.attempt(1, 1, [b"d"], [{"r3": "no"}])
    run.attempt(1, 2, [])
    found = history(run)
    assert found.best and (found.best.revision, found.best.attempt) == (0, 3)
    assert found.wordings[1].best and found.wordings[1].best.attempt == 1


def test_a_picture_without_a_verdict_ranks_above_no_picture_and_below_judged_ones() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [], outcome="BLOCKED_OUTPUT")
    assert history(run).best is None
    run.attempt(0, 2, [b"a"])
    assert (best := history(run).best) and best.attempt == 2 and best.verdict is None
    run.attempt(0, 3, [b"b"], [dict.fromkeys(("r1", "r2", "r3", "r4", "r5"), "no")])
    assert (best := history(run).best) and best.attempt == 3


def test_the_best_picture_is_the_candidate_that_the_verdict_names() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [b"a", b"b"], [{"r1": "day"}, {}])
    best = history(run).best
    assert best and best.best_image and best.best_image["name"] == "r00/a01/image-2.png"


def test_pictures_without_a_record_are_found_by_their_names() -> None:
    run = SampleRun()
    run.wording(0)
    run.folder.write("r00/a01/image-1.png", b"a", "image/png")
    run.folder.write("r00/a01/image-2.jpg", b"b", "image/jpeg")
    (attempt,) = history(run).attempts
    assert attempt.outcome == "PICTURES"
    assert attempt.image_names == ["r00/a01/image-1.png", "r00/a01/image-2.jpg"]
    assert attempt.best_image == {"name": "r00/a01/image-1.png"}


def test_other_files_in_the_folder_are_ignored() -> None:
    run = SampleRun()
    run.wording(0)
    for name in ("claim.json", "result.json", "report.html", "notes.json", "r00/a01/notes.txt", "r00/x.json"):
        run.folder.write(name, b"not read", "text/plain")
    assert history(run).attempts == []


def test_the_bill_includes_every_step() -> None:
    run = SampleRun()
    run.wording(0)
    run.attempt(0, 1, [b"a", b"b"], [{}, {}])
    run.wording(1)
    bill = history(run).bill
    assert (bill.image_usd, bill.claude_usd, bill.total_usd) == (0.08, 0.0068, 0.0868)


def test_a_run_that_ended_in_prepare_has_a_history_too() -> None:
    run = SampleRun(warnings=["mind the size"])
    del run.folder.files["requirements.json"]
    found = history(run)
    assert (found.wordings, found.requirements, found.best) == ([], (), None)
    assert (found.warnings, found.execution, found.bill.total_usd) == (["mind the size"], "e1", 0)
