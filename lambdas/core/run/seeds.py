"""Seeds: a run that is repeated makes the same pictures."""

import hashlib


def attempt_seed(run_id: str, revision: int, attempt: int, given_seed: int, max_seed: int) -> int:
    """Return the seed of one attempt, from 1 to `max_seed` (Stability's models take 0 for "random").

    A given seed is used for attempt 1 of each wording, the next seed for attempt 2, and so on. Seed 0 is derived from
    the run.
    """
    if given_seed:
        return _wrapped(given_seed + attempt - 1, max_seed)
    return _derived(f"{run_id}/{revision}/{attempt}", max_seed)


def candidate_seed(seed: int, candidate: int, max_seed: int) -> int:
    """Return the seed of one candidate, for a model that makes one picture a call. Candidate 1 has the attempt's."""
    return seed if candidate == 1 else _derived(f"{seed}/{candidate}", max_seed)


def _derived(text: str, max_seed: int) -> int:
    return _wrapped(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]), max_seed)


def _wrapped(number: int, max_seed: int) -> int:
    return (number - 1) % max_seed + 1
