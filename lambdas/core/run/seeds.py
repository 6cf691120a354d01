"""Seeds. They depend only on the request and the run id, so a repeated run makes the same pictures."""

import hashlib


def attempt_seed(run_id: str, revision: int, attempt: int, given_seed: int, max_seed: int) -> int:
    """Return the seed of one attempt, from 1 to `max_seed` (Stability's models take 0 for "random").

    A given seed is used for attempt 1 of each wording, the next seed for attempt 2, and so on. Seed 0 means that
    the seed is derived from the run.
    """
    if given_seed:
        return _wrap(given_seed + attempt - 1, max_seed)
    return _derive(f"{run_id}/{revision}/{attempt}", max_seed)


def candidate_seed(seed: int, candidate: int, max_seed: int) -> int:
    """Return the seed of one candidate, for models that make one picture per call. Candidate 1 has the seed of the attempt."""
    return seed if candidate == 1 else _derive(f"{seed}/{candidate}", max_seed)


def _derive(text: str, max_seed: int) -> int:
    return _wrap(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]), max_seed)


def _wrap(number: int, max_seed: int) -> int:
    return (number - 1) % max_seed + 1
