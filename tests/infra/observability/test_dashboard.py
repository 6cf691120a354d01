"""The dashboard: its figures and graphs, from metrics that exist."""

import json
from typing import Any

import pytest

from tests.support.harnesses.metrics import emit_everything

# AWS: namespace, name and dimension from the services' lists of metrics. Without a dimension: of the whole account.
AWS_METRICS = {
    ("AWS/Lambda", name, ("FunctionName",)) for name in ("Duration", "Errors", "Throttles")
} | {
    ("AWS/States", name, ("StateMachineArn",))
    for name in (
        "ExecutionsStarted",
        "ExecutionsSucceeded",
        "ExecutionsFailed",
        "ExecutionsAborted",
        "ExecutionsTimedOut",
        "ExecutionThrottled",
    )
} | {
    ("AWS/States", "ApproximateMapRunBacklogSize", ()),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName",)),
}  # fmt: skip


def widgets_of(stack: Any) -> dict[str, dict[str, Any]]:
    """Return the widgets, by title."""
    body = json.loads(stack.text(stack.only("AWS::CloudWatch::Dashboard")["DashboardBody"]))
    widgets = {widget["properties"]["title"]: widget for widget in body["widgets"]}
    assert len(widgets) == len(body["widgets"])
    return widgets


def metrics_of(widget: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    """Return (namespace, name, dimensions) of each metric of a widget. Expects no `...` or `.` shorthand."""
    found = []
    for row in widget["properties"].get("metrics", []):
        texts = [part for part in row if isinstance(part, str)]
        if texts:
            namespace, name, *dimensions = texts
            found.append((namespace, name, dict(zip(dimensions[::2], dimensions[1::2], strict=True))))
    return found


def expressions_of(widget: dict[str, Any]) -> list[str]:
    rows = widget["properties"]["metrics"]
    return [part["expression"] for row in rows for part in row if isinstance(part, dict) and "expression" in part]


@pytest.mark.parametrize(
    ("title", "expression"),
    [
        ("Accepted rate", "100 * accepted / (accepted + uncertain + notAccepted + faults)"),
        ("Pictures per accepted picture", "images / accepted"),
        ("Cost per accepted picture", "spentUsd / accepted"),
        ("Attempts that the content filter blocked", "blocked / attempts"),
    ],
)
def test_the_ratios_have_a_graph_and_a_figure(stack: Any, title: str, expression: str) -> None:
    widgets = widgets_of(stack)
    assert expression in expressions_of(widgets[title])
    figures = widgets["Over the range shown"]
    assert figures["properties"]["setPeriodToTimeRange"]
    assert expression in expressions_of(figures) or title == "Attempts that the content filter blocked"


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Latency of a run", {"Duration"}),
        ("Spend per hour", {"SpentUsd"}),
        ("Throttles", {"Throttles", "ExecutionThrottled", "ModelRequests"}),
        ("Faults, and failed invocations (retries included)", {"Faults", "Errors"}),
        ("Runs and items that ended", {"Accepted", "Uncertain", "NotAccepted", "Faults", "InvalidRequests"}),
        (
            "Items of batches: executions",
            {
                "ExecutionsStarted",
                "BatchItemsEnded",
                "ExecutionsFailed",
                "ExecutionsAborted",
                "ApproximateMapRunBacklogSize",
            },
        ),
        (
            "Batches, counted when each ends",
            {"BatchAccepted", "BatchNotAccepted", "BatchErrors", "BatchRejectedLines"},
        ),
    ],
)
def test_a_graph_has_these_metrics(stack: Any, title: str, names: set[str]) -> None:
    assert {name for _, name, _ in metrics_of(widgets_of(stack)[title])} == names


def test_every_metric_exists(stack: Any, wide_stack: Any) -> None:
    for found in (stack, wide_stack):
        emitted = emit_everything({"POWERTOOLS_SERVICE_NAME": found.stack_name}).metrics()
        read = [metric for widget in widgets_of(found).values() for metric in metrics_of(widget)]
        ours = {(namespace, name, tuple(dims.items())) for namespace, name, dims in read if namespace == "Retake"}
        theirs = {(namespace, name, tuple(dims)) for namespace, name, dims in read if namespace != "Retake"}
        assert ours and ours <= emitted
        assert theirs and theirs <= AWS_METRICS


def test_the_metrics_are_those_of_the_stacks_own_resources(stack: Any) -> None:
    widgets = widgets_of(stack)
    values = {
        name: {dims[name] for widget in widgets.values() for _, _, dims in metrics_of(widget) if name in dims}
        for name in ("FunctionName", "StateMachineArn", "QueueName")
    }
    (queue,) = stack.of_type("AWS::SQS::Queue")
    assert values == {
        "FunctionName": {f"<{verb}>" for verb in stack.functions()},
        # AWS: the children of a Map Run are counted under its machine's ARN followed by the map's label.
        "StateMachineArn": {"<loop>", "<batch>", "<batch>/Items"},
        "QueueName": {f"<{queue}>"},
    }


def test_all_alarms_are_at_the_top_and_the_cost_threshold_is_in_its_graph(wide_stack: Any) -> None:
    widgets = widgets_of(wide_stack)
    first = min(widgets.values(), key=lambda widget: int(widget["y"]))
    assert first["type"] == "alarm"
    assert set(first["properties"]["alarms"]) == {f"<{name}>" for name in wide_stack.of_type("AWS::CloudWatch::Alarm")}
    (line,) = widgets["Spend per hour"]["properties"]["annotations"]["horizontal"]
    assert line["value"] == 12.5


def test_the_widgets_fill_the_grid_without_overlap(stack: Any) -> None:
    taken: set[tuple[int, int]] = set()
    for title, widget in widgets_of(stack).items():
        cells = {
            (widget["x"] + across, widget["y"] + down)
            for across in range(widget["width"])
            for down in range(widget["height"])
        }
        assert not cells & taken, title
        taken |= cells
    assert len(taken) == 24 * (1 + max(down for _, down in taken))
