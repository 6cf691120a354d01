"""The history of a run, read from its records: every wording, attempt and verdict so far, and the bill."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdas.core.money.ledger import Bill
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement
from lambdas.core.run.open_run import parse_request_record, parse_requirements_record
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import LEDGER_FOLDER, REQUEST, REQUIREMENTS
from lambdas.core.storage.run_folder import RunFolder

_STEP = re.compile(r"r(\d+)/(?:a(\d+)/)?(prompt\.json|attempt\.json|verdict\.json|image-\d+\.\w+)")


Finding = Literal["met", "missed", "uncertain"]
"""The judge's finding on one requirement in one picture."""


def finding_of(check: Mapping[str, Any]) -> Finding:
    """Return the finding of a check in verdict.json. Older checks lack `certain`, and count as certain."""
    if check["met"]:
        return "met"
    return "missed" if check.get("certain", True) else "uncertain"


def is_uncertain(verdict: Mapping[str, Any]) -> bool:
    """Return whether the best candidate of verdict.json fails no must-have, and some could not be decided.

    Older verdicts lack `uncertain`: nothing in them is uncertain.
    """
    return bool(verdict.get("uncertain")) and not verdict["failed"]


@dataclass
class Attempt:
    """One attempt at one wording."""

    revision: int
    attempt: int
    record: dict[str, Any] = field(default_factory=dict)
    """attempt.json; empty if the run ended between the picture and its record."""
    verdict: dict[str, Any] | None = None
    image_names: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """PICTURES, BLOCKED_PROMPT, BLOCKED_OUTPUT, BLOCKED_INPUT, or UNREADABLE (no picture can be opened)."""
        return str(self.record.get("outcome", "PICTURES"))

    @property
    def rank(self) -> tuple[int, ...]:
        """The rank of its best candidate: the numbers of must-haves met, must-haves uncertain and nice-to-haves met.

        A picture that was never judged ranks last. Older verdicts lack the second number, because nothing was uncertain.
        """
        if not self.verdict:
            return (-1, -1, -1)
        musts, *uncertain, nice = self.verdict["rank"]
        return (musts, *(uncertain or (0,)), nice)

    @property
    def is_uncertain(self) -> bool:
        """Whether the best candidate fails no must-have, but the judge could not decide some."""
        return self.verdict is not None and is_uncertain(self.verdict)

    @property
    def images(self) -> list[dict[str, Any]]:
        """The candidates' entries in attempt.json, candidate 1 first. Without attempt.json, each has only its `name`.

        A file that cannot be judged is only in `image_names`.
        """
        return list(self.record["images"]) if self.record else [{"name": name} for name in self.image_names]

    @property
    def best_image(self) -> dict[str, Any] | None:
        """The best candidate's entry; the first candidate's if none was judged; None without a picture."""
        images = self.images
        if not images:
            return None
        return images[min(self.verdict["candidate"], len(images)) - 1 if self.verdict else 0]


@dataclass
class Wording:
    """One wording of the prompt; revision 0 is the user's own."""

    revision: int
    record: dict[str, Any] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def best(self) -> Attempt | None:
        """The best attempt with a picture; the earliest among equals."""
        return max((one for one in self.attempts if one.images), key=lambda one: one.rank, default=None)


@dataclass
class History:
    """The wordings, attempts and verdicts of a run so far, and its bill."""

    folder: RunFolder
    execution: str
    """The name of the execution that last prepared the run. The folder belongs to it."""
    request: Request
    requirements: tuple[Requirement, ...]
    warnings: list[str]
    wordings: list[Wording]
    bill: Bill

    @property
    def attempts(self) -> list[Attempt]:
        """Every attempt, in order."""
        return [attempt for wording in self.wordings for attempt in wording.attempts]

    @property
    def best(self) -> Attempt | None:
        """The best attempt of the run with a picture; the earliest among equals."""
        found = [wording.best for wording in self.wordings if wording.best]
        return max(found, key=lambda one: one.rank, default=None)


def require_history(folder: RunFolder) -> History:
    """Return the history of a run that an earlier step prepared.

    Raises:
        RecordError: there is none, or S3 failed (retried by the state machine).
    """
    history = read_history(folder)
    if history is None:
        raise RecordError(f"{folder.s3_uri('')}: holds no run, though an earlier step prepared it")
    return history


def count_attempts(names: Iterable[str]) -> int:
    """Return the number of attempts that these records belong to."""
    return len({(step[1], step[2]) for step in map(_STEP.fullmatch, names) if step and step[2]})


def count_images(names: Iterable[str]) -> int:
    """Return the number of pictures among these records."""
    return sum(bool(step and step[3].startswith("image-")) for step in map(_STEP.fullmatch, names))


def last_revision(names: Iterable[str]) -> int:
    """Return the number of the last revision that these records belong to; 0 if there is none."""
    return max((int(step[1]) for step in map(_STEP.fullmatch, names) if step), default=0)


def read_history(folder: RunFolder) -> History | None:
    """Return the run's history, or None if no run was prepared in the folder.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    names = folder.names()
    if REQUEST not in names:
        return None
    documents = folder.read_many(
        [name for name in names if name.endswith(".json") and (_STEP.fullmatch(name) or name.startswith(LEDGER_FOLDER))]
        + [REQUEST, REQUIREMENTS]
    )
    wordings: dict[int, Wording] = {}
    attempts: dict[tuple[int, int], Attempt] = {}
    for name in names:
        step = _STEP.fullmatch(name)
        if not step:
            continue
        revision, number, record = int(step[1]), step[2], step[3]
        wording = wordings.setdefault(revision, Wording(revision))
        if not number:
            wording.record = documents[name]
            continue
        key = (revision, int(number))
        if key not in attempts:
            attempts[key] = Attempt(*key)
            wording.attempts.append(attempts[key])
        if record == "attempt.json":
            attempts[key].record = documents[name]
        elif record == "verdict.json":
            attempts[key].verdict = documents[name]
        else:
            attempts[key].image_names.append(name)
    for wording in wordings.values():
        wording.attempts.sort(key=lambda one: one.attempt)
    prepared = documents[REQUEST]
    return History(
        folder=folder,
        execution=prepared["execution"],
        request=parse_request_record(prepared),
        requirements=parse_requirements_record(documents.get(REQUIREMENTS, {"requirements": []})),
        warnings=list(prepared["warnings"]),
        wordings=[wordings[revision] for revision in sorted(wordings)],
        bill=Bill.from_ledgers([document for name, document in documents.items() if name.startswith(LEDGER_FOLDER)]),
    )
