"""The model catalogue as rows, and as the table of `retake models`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from lambdas.core.catalogue.models import ClaudeModel, ImageModel, claude_model, claude_model_ids, image_models
from lambdas.core.request.tasks import TASK_OF
from retake.view.table import Column, format_table

Lifecycle = Literal["Active", "Legacy", "Ended"]
_ORDER: tuple[Lifecycle, ...] = ("Active", "Legacy", "Ended")
_CLAUDE_ROLES = ("judge", "reviser")
# The global profile is the cheapest, but the data may leave the geography, so the table shows the first of the others.
_GLOBAL = "global"

_COLUMNS = (
    Column("model id", least=26, kept_end=17),
    Column("lifecycle"),
    Column("default"),
    Column("price", rank=1),
    Column("where", rank=2),
    Column("a minute", is_right=True, rank=3),
    Column("for", rank=4),
    Column("name", least=12, rank=5),
)


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """One model of the catalogue."""

    model_id: str
    model_ids: tuple[str, ...]
    """Every id by which a request can name it: a Claude model has one for each inference profile."""
    name: str
    kind: Literal["image", "claude"]
    lifecycle: Lifecycle
    legacy_date: date | None
    end_of_life_date: date | None
    where: tuple[str, ...]
    """Regions of an image model; inference profiles of a Claude model."""
    price: str
    prices_usd: dict[str, float]
    requests_per_minute: int | None
    """The default quota of an account; None if the catalogue has none."""
    tasks: tuple[str, ...]
    """The image tasks; empty for a Claude model."""
    roles: tuple[str, ...]
    default_for: tuple[str, ...]
    """The roles in which it is the model of the settings in force."""

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON object."""
        dates = {
            name: str(value) if (value := getattr(self, name)) else None for name in ("legacy_date", "end_of_life_date")
        }
        return {**vars(self), **dates}


def model_rows(defaults: Mapping[str, str], today: date, custom: Iterable[ImageModel] = ()) -> list[ModelRow]:
    """Return the rows: image models first, each kind with its defaults first, then Active, Legacy and ended, then by price.

    defaults: the model of each role ("images", "judge", "reviser") in the settings in force. custom: the models of one's own.
    """
    profiles: dict[str, list[ClaudeModel]] = {}
    for model_id in claude_model_ids():
        model = claude_model(model_id, "model")
        profiles.setdefault(model.base_model_id, []).append(model)
    rows = [
        *(_image_row(model, defaults, today) for model in (*custom, *image_models().values())),
        *(_claude_row(models, defaults, today) for models in profiles.values()),
    ]
    return sorted(
        rows,
        key=lambda row: (
            row.kind != "image",
            not row.default_for,
            _ORDER.index(row.lifecycle),
            min(row.prices_usd.values()),
        ),
    )


def format_models(rows: Sequence[ModelRow], width: int) -> list[str]:
    """Return the lines of the table."""
    return format_table(_COLUMNS, [_cells(row) for row in rows], width)


def _cells(row: ModelRow) -> tuple[str, ...]:
    end = row.end_of_life_date
    dates = {"Active": "", "Legacy": f" to {end}" if end else "", "Ended": f" {end}"}
    return (
        row.model_id,
        row.lifecycle + dates[row.lifecycle],
        ", ".join(row.default_for),
        row.price,
        ", ".join(row.where),
        "" if row.requests_per_minute is None else f"{row.requests_per_minute:,}",
        ", ".join(row.tasks or row.roles),
        row.name,
    )


def _image_row(model: ImageModel, defaults: Mapping[str, str], today: date) -> ModelRow:
    return ModelRow(
        model_id=model.model_id,
        model_ids=(model.model_id,),
        name=model.name,
        kind="image",
        lifecycle=_lifecycle(model, today),
        legacy_date=model.legacy_date,
        end_of_life_date=model.end_of_life_date,
        where=model.regions,
        price="by the hour" if model.base_model_id else f"${model.price_usd_per_image:.2f} a picture",
        prices_usd={"image": model.price_usd_per_image},
        requests_per_minute=model.requests_per_minute,
        tasks=tuple(dict.fromkeys(TASK_OF[operation] for operation in model.operations)),
        roles=("images",),
        default_for=_default_for((model.model_id,), ("images",), defaults),
    )


def _claude_row(models: Sequence[ClaudeModel], defaults: Mapping[str, str], today: date) -> ModelRow:
    ids = tuple(model.model_id for model in models)
    chosen = [model for model in models if model.model_id in defaults.values()]
    shown = next(iter(chosen), next((model for model in models if model.profile != _GLOBAL), models[0]))
    prices = shown.input_usd_per_million_tokens, shown.output_usd_per_million_tokens
    return ModelRow(
        model_id=shown.model_id,
        model_ids=ids,
        name=shown.name,
        kind="claude",
        lifecycle=_lifecycle(shown, today),
        legacy_date=shown.legacy_date,
        end_of_life_date=shown.end_of_life_date,
        where=shown.profiles,
        price=f"${prices[0]:.2f}/${prices[1]:.2f} per 1M",
        prices_usd={"input_per_million_tokens": prices[0], "output_per_million_tokens": prices[1]},
        requests_per_minute=None,
        tasks=(),
        roles=_CLAUDE_ROLES,
        default_for=_default_for(ids, _CLAUDE_ROLES, defaults),
    )


def _default_for(ids: Iterable[str], roles: Iterable[str], defaults: Mapping[str, str]) -> tuple[str, ...]:
    known = set(ids)
    return tuple(role for role in roles if defaults.get(role) in known)


def _lifecycle(model: ImageModel | ClaudeModel, today: date) -> Lifecycle:
    if model.end_of_life_date and today >= model.end_of_life_date:
        return "Ended"
    return "Legacy" if model.legacy_date and today >= model.legacy_date else "Active"
