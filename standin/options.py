"""The options of a stand-in."""

from dataclasses import dataclass

from standin.faults import Fault


@dataclass(frozen=True, kw_only=True)
class Options:
    """Latency, error rates, quota and faults of a stand-in.

    Options(image_latency_s=2.0)     # every image call takes 2 s longer
    Options(error_rate=0)            # the painter makes no mistakes
    Options(faults=read_faults('[{"on": "image", "fault": "throttle", "times": 2}]'))
    """

    image_latency_s: float = 0.0
    """Seconds added to every image call."""
    claude_latency_s: float = 0.0
    """Seconds added to every Claude call."""
    picture_side_px: int | None = None
    """Longest side of the painted picture, 64 to 2048. None: the size asked for. Only for benchmarks of the loop."""
    error_rate: float | None = None
    """Chance (0 to 1) of a mistake in each thing. None: the painter's own rates (see painter/mistakes.py), and no
    mistakes in a prompt with an unknown part, because another picture cannot be accepted either."""
    image_calls_per_s: float | None = None
    """Quota of each image model, in calls a second. Calls above it are throttled. None: no quota."""
    legacy_models: frozenset[str] = frozenset()
    """The base models for which the control plane creates no new jobs and no new throughput."""
    pending_answers: int = 2
    """How often a job or a throughput is still in progress when it is asked for."""
    max_model_units: int = 1
    """The account's quota of model units of a throughput."""
    s3_url: str | None = None
    """Where the training data of a job is read. None: it is not read, and counts as good."""
    faults: tuple[Fault, ...] = ()
    """Fault rules, tried in order for every call. The first match is used."""

    def __post_init__(self) -> None:
        for name in ("image_latency_s", "claude_latency_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: {getattr(self, name)} is negative; give seconds, 0 or more")
        if self.image_calls_per_s is not None and not self.image_calls_per_s > 0:
            raise ValueError(f"image_calls_per_s: {self.image_calls_per_s} is too low; give calls a second, above 0")
        if self.error_rate is not None and not 0 <= self.error_rate <= 1:
            raise ValueError(f"error_rate: {self.error_rate} is out of range; give 0 to 1")
        if self.picture_side_px is not None and not 64 <= self.picture_side_px <= 2048:
            raise ValueError(f"picture_side_px: {self.picture_side_px} is out of range; give 64 to 2048")
