"""Runs as Conclude finds them when they have ended: accepted, exhausted, blocked, failed, long and hostile ones."""

from typing import Any

from lambdas.core.run.history import History
from tests.support.factories.sample_run import SampleRun, night_picture


def accepted_run() -> tuple[History, dict[str, Any]]:
    """Return a run of a Japanese prompt that was translated, revised once more after a failure, and accepted."""
    run = SampleRun(
        {
            "prompt": "月明かりの夜の海。オーロラが空に広がり、海には流氷が浮かぶ。月は一つだけ。",
            "max_retry_attempts": 3,
        },
        warnings=["claude_validate_temperature: Claude Haiku 5.5 takes no sampling parameters; it was left out"],
        language="ja",
    )
    run.wording(0, unusable="language")
    run.wording(
        1,
        "A moonlit night sea. An aurora spreads across the sky, drift ice floats on the sea. Only one moon.",
        why="language",
        changes="Translated into English for the image model; nothing was added.",
    )
    run.attempt(
        1,
        1,
        [night_picture(11, "a green aurora"), night_picture(12, "one full moon, a green aurora")],
        [{"r3": "no moon", "r4": "open water"}, {"r4": "open water, no ice"}],
    )
    run.attempt(
        1,
        2,
        [night_picture(13, "one full moon, drift ice"), night_picture(14, "drift ice")],
        [{"r2": "a dark sky with stars only"}, {"r2": "stars", "r3": "no moon"}],
    )
    run.attempt(
        1, 3, [], outcome="BLOCKED_OUTPUT", reason="The generated image was blocked by the service's content filters."
    )
    run.wording(
        2,
        "A wide night seascape in moonlight: a bright green aurora fills the upper sky, exactly one full moon, and many "
        "flat white pieces of drift ice float on the dark sea in the foreground.",
        negative_prompt="second moon, daylight, text",
        why="failed",
        changes="Named the drift ice and the aurora as the main subjects and said where they are: both were often missing.",
    )
    run.attempt(
        2,
        1,
        [night_picture(15, "one full moon, a green aurora"), night_picture(16, "one full moon")],
        [{"r4": "open water", "r5": "a busy scene"}, {"r2": "no", "r4": "no"}],
    )
    run.attempt(
        2, 2, [night_picture(17), night_picture(18, "a green aurora, drift ice")], [{}, {"r3": "no moon is seen"}]
    )
    return run.end("ACCEPTED")


def exhausted_run() -> tuple[History, dict[str, Any]]:
    """Return a run that reached its limits, with every kind of frame that holds no picture."""
    run = SampleRun({"max_retry_attempts": 6, "max_prompt_revisions": 0, "negative_prompt": "daylight"})
    run.wording(0)
    run.attempt(0, 1, [night_picture(21, "one full moon, a green aurora")], [{"r4": "open water"}])
    run.attempt(0, 2, [None], [{"r2": "stars only", "r4": "open water"}])
    run.attempt(
        0,
        3,
        [b"\x89PNG\r\n\x1a\n" + b"not a picture" * 20],
        [dict.fromkeys(("r1", "r2", "r3", "r4", "r5"), "nothing")],
    )
    run.attempt(0, 4, [night_picture(24)[:3_000]], [{"r1": "day", "r2": "no", "r3": "two", "r4": "no"}])
    run.attempt(
        0, 5, [], outcome="BLOCKED_OUTPUT", reason="The generated image was blocked by the service's content filters."
    )
    run.attempt(0, 6, [night_picture(26)])
    return run.end("EXHAUSTED")


def blocked_run() -> tuple[History, dict[str, Any]]:
    """Return a run without a picture: the filter refused the prompt."""
    run = SampleRun({"max_prompt_revisions": 0})
    run.wording(0)
    run.attempt(0, 1, [], outcome="BLOCKED_PROMPT", reason="The prompt was blocked by the service's content filters.")
    return run.end("EXHAUSTED")


def failed_run() -> tuple[History, dict[str, Any]]:
    """Return a run that ended with a fault before its first attempt."""
    run = SampleRun()
    return run.end(
        "ERROR",
        "ModelAccessError",
        "this role may not call stability.stable-image-core-v1:1\nask an administrator",
    )


def reworded_run(attempts: int = 6) -> tuple[History, dict[str, Any]]:
    """Return a run of three wordings whose attempts end alike, made by the stand-in."""
    run = SampleRun({"max_retry_attempts": attempts, "max_prompt_revisions": 2}, engine="stand-in")
    prompt = "A night sea under an aurora, with the moon and drift ice"
    run.wording(0, prompt)
    run.wording(1, f"A wide {prompt[2:]}", why="failed", changes="Widened the view.")
    run.wording(2, f"A wide night sea with many pieces of drift ice, {prompt[12:30]}", why="failed", doubts="one moon")
    picture = night_picture(31, "one full moon, a green aurora")
    for revision in range(3):
        for attempt in range(1, attempts + 1):
            run.attempt(revision, attempt, [picture], [{"r4": "open water"}])
    return run.end("EXHAUSTED")


def long_run(wordings: int, attempts: int, bodies: list[bytes]) -> tuple[History, dict[str, Any]]:
    """Return a run of many attempts, whose candidates are `bodies`, rotated by one from attempt to attempt."""
    run = SampleRun(
        {
            "max_retry_attempts": attempts,
            "max_prompt_revisions": wordings - 1,
            "titan_img_number_of_images": len(bodies),
        }
    )
    for revision in range(wordings):
        run.wording(revision, changes="Said more plainly what floats on the sea." if revision else None)
        for attempt in range(1, attempts + 1):
            turn = (revision + attempt) % len(bodies)
            misses = [{"r4": "open water"} for _ in bodies]
            run.attempt(revision, attempt, bodies[turn:] + bodies[:turn], misses)
    return run.end("EXHAUSTED")


HOSTILE = (
    "<script>window.owned = 1</script>",
    '"><img src="https://attacker.example/x.png" onerror="window.owned = 2">',
    "' onmouseover='window.owned = 3' style='position:fixed;inset:0'",
    "{{ 7 * 7 }} {% for x in y %} {# gone #} ${7*7}",
    "javascript:window.owned=4",
    "</style><style>body{display:none}</style>",
    '</title><base href="https://attacker.example/"><meta http-equiv="refresh" content="0;url=https://attacker.example/">',
    '</details></p></section><iframe src="https://attacker.example/"></iframe>',
    "<!-- gone --> &lt;b&gt; &amp; \u202eback to front",
)
"""Texts that the page must show as they are written, and that must do nothing."""


def hostile_run() -> tuple[History, dict[str, Any]]:
    """Return a run in which every text of a user or a model is hostile."""
    everything = "\n".join(HOSTILE)
    run = SampleRun(
        {"prompt": everything, "negative_prompt": everything, "max_retry_attempts": 1},
        requirements=[
            {"id": f"r{place}", "kind": "object", "text": text, "question": text, "must": True}
            for place, text in enumerate(HOSTILE, start=1)
        ],
        warnings=list(HOSTILE),
        language='en"><script>window.owned = 5</script>',
    )
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)], [{f"r{place}": text for place, text in enumerate(HOSTILE, start=1)}])
    run.wording(1, everything, negative_prompt=everything, why="failed", changes=everything, doubts=everything)
    run.attempt(1, 1, [], outcome="BLOCKED_OUTPUT", reason=HOSTILE[1])
    return run.end("ERROR", HOSTILE[0], everything)
