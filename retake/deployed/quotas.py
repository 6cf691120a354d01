"""The account's quotas of model calls, by the names that Service Quotas gives them.

AWS publishes no code for a model's quota that would follow from the model's id, so quotas are found by name: "On-demand
model inference requests per minute for Stability.ai Stable Image Core".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["requests", "tokens"]
Scope = Literal["on-demand", "cross-region", "global cross-region"]

_NAME = re.compile(
    r"(?:(?P<scope>on-demand|cross-region|global cross-region) )?(?:model inference|InvokeModel) "
    r"(?P<unit>requests|tokens) per minute for (?P<model>.+)",
    re.IGNORECASE,
)
_VENDOR = re.compile(r"(amazon|anthropic|stability\.ai|stability ai) ")
# "Claude Sonnet 4.5 V1" is Claude Sonnet 4.5; "Titan Image Generator G1 V2" is another model than G1.
_FIRST_VERSION = re.compile(r" (v1|1\.0)$")


@dataclass(frozen=True)
class Quota:
    """One quota of a model."""

    name: str
    per_minute: float
    is_default: bool
    """Whether the value is AWS's default, because Service Quotas has none for the account."""


def find_quota(
    applied: Iterable[Mapping[str, Any]], defaults: Iterable[Mapping[str, Any]], model: str, scope: Scope, unit: Unit
) -> Quota | None:
    """Return the quota of a model, or None if its name is not among the quotas.

    applied: the quotas of ListServiceQuotas. defaults: those of ListAWSDefaultServiceQuotas.
    model: the model's name in the catalogue.
    """
    for quotas, is_default in ((applied, False), (defaults, True)):
        for quota in quotas:
            found = _NAME.fullmatch(str(quota.get("QuotaName", "")))
            if not found or found["unit"].lower() != unit or _normalize(found["model"]) != _normalize(model):
                continue
            # A quota without a scope holds for calls of every kind.
            if found["scope"] is None or found["scope"].lower() == scope:
                return Quota(str(quota["QuotaName"]), float(quota["Value"]), is_default)
    return None


def _normalize(model: str) -> str:
    return _FIRST_VERSION.sub("", _VENDOR.sub("", " ".join(model.lower().split())))
