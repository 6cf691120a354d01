import json
import signal
import sys
import threading
import time

import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from retake.emulator.cloud import InvalidEventError
from tests.support.fakes.functions import ModelThrottledError, ScriptedFunctions, small_cloud


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    scripted = ScriptedFunctions()
    with small_cloud(tmp_path_factory.mktemp("out"), scripted) as cloud:
        yield cloud, scripted


@pytest.fixture
def cloud(shared):
    return shared[0]


@pytest.fixture
def scripted(shared):
    shared[1].__init__()
    return shared[1]


_names = iter(range(1_000_000))


def run(cloud, event=None, machine="loop"):
    execution = cloud.start(machine, f"run-{next(_names)}", {"prompt": "a red circle"} if event is None else event)
    return cloud.wait(execution, timeout_s=30)


def test_run_when_the_second_attempt_is_accepted_then_it_concludes(cloud, scripted):
    outcome = run(cloud)
    assert outcome.status == "SUCCEEDED"
    assert outcome.output["picture"] == {"accepted": True}
    assert [name for name, _, _ in scripted.calls] == ["prepare", "generate", "generate", "conclude"]


def test_run_when_nothing_is_accepted_then_every_attempt_of_every_revision_is_made(cloud, scripted):
    scripted.generate = lambda event, context: {"accepted": False}
    assert run(cloud).status == "SUCCEEDED"
    tried = [(event["revision"], event["attempt"]) for name, event, _ in scripted.calls if name == "generate"]
    assert tried == [(0, 1), (0, 2), (1, 1), (1, 2)]


def test_run_when_a_fault_is_retried_by_its_class_name_then_it_succeeds(cloud, scripted):
    faults = [ModelThrottledError("slow down")] * 3

    def generate(event, context):
        if faults:
            raise faults.pop()
        return {"accepted": True}

    scripted.generate = generate
    started_s = time.monotonic()
    assert run(cloud).status == "SUCCEEDED"
    assert scripted.count("generate") == 4
    assert time.monotonic() - started_s < 0.5  # wait_scale is 0; the machine's own waits are up to 2, 4 and 8 s


def test_run_when_a_fault_is_not_retried_then_the_machine_fails_under_its_name(cloud, scripted):
    def generate(event, context):
        raise KeyError('a "quoted" one')

    scripted.generate = generate
    outcome = run(cloud)
    assert (outcome.status, outcome.error, scripted.count("generate")) == ("FAILED", "KeyError", 1)
    cause = json.loads(outcome.cause)
    assert list(cause) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert (cause["errorMessage"], cause["errorType"]) == ("'a \"quoted\" one'", "KeyError")
    assert cause["requestId"] == scripted.calls[-1][2].aws_request_id
    assert "in generate\n" in cause["stackTrace"][-1]
    assert not any("moto_lambda" in frame for frame in cause["stackTrace"])


@pytest.mark.parametrize(
    ("generate", "error", "message"),
    [
        (lambda event, context: {"a": object()}, "Runtime.MarshalError", "type object is not JSON serializable"),
        (lambda event, context: {"a": float("nan")}, "Runtime.MarshalError", "Unable to marshal response"),
        (lambda event, context: {"a": b"1"}, "Runtime.MarshalError", "type bytes is not JSON serializable"),
        (lambda event, context: sys.exit(3), "Runtime.ExitError", "exit status 3"),
        (lambda event, context: {"a": "x" * 6_300_000}, "Function.ResponseSizeTooLarge", "exceeded maximum allowed"),
        (lambda event, context: {"a": "x" * 262_144}, "TooLarge", "maximum number of bytes"),
    ],
    ids=["object", "NaN", "bytes", "killed", "6 MB", "256 KiB"],
)
def test_run_when_the_handlers_answer_is_invalid_then_it_fails_as_in_lambda(cloud, scripted, generate, error, message):
    scripted.generate = generate
    outcome = run(cloud)
    assert (outcome.status, outcome.error) == ("FAILED", error)
    assert message in outcome.cause


def test_run_when_a_task_is_given_more_than_256_kib_then_the_function_is_not_invoked(cloud, scripted):
    scripted.prepare = lambda event, context: {"limit": 2, "revisions": 1, "half": "x" * 140_000}
    outcome = run(cloud, {"prompt": "y" * 140_000})
    assert (outcome.error, scripted.count("generate")) == ("TooLarge", 0)


def test_run_when_the_text_is_not_ascii_then_its_utf_8_counts(cloud, scripted):
    prompt = "夜" * 80_000  # 240,000 bytes; escaped, 480,000
    scripted.prepare = lambda event, context: {"limit": 2, "revisions": 1}
    outcome = run(cloud, {"prompt": prompt})
    assert (outcome.status, outcome.output["prompt"]) == ("SUCCEEDED", prompt)


def run_states(cloud, states):
    """Run a machine of these states, the first one first."""
    name = f"machine-{next(_names)}"
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
    created = cloud.clients.stepfunctions.create_state_machine(
        name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/local"
    )
    started = cloud.clients.stepfunctions.start_execution(
        stateMachineArn=created["stateMachineArn"], name=name, input="{}"
    )
    return cloud.wait(started["executionArn"], timeout_s=30)


def test_run_when_the_function_does_not_exist_then_lambda_says_so(cloud):
    arn = "arn:aws:lambda:us-east-1:123456789012:function:other"
    invoke = {"Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": arn, "Payload": {}}}
    outcome = run_states(cloud, {"A": {"Type": "Task", **invoke, "End": True}})
    assert outcome.error == "Lambda.ResourceNotFoundException"


def test_fail_state_when_the_error_is_the_services_own_then_its_name_is_kept(cloud):
    states = {
        "A": {
            "Type": "Pass",
            "Assign": {"fault": {"error": "States.Timeout", "cause": "{% 'a' & 'b' %}"}},
            "Next": "B",
        },
        "B": {"Type": "Fail", "Error": "{% $fault.error %}", "Cause": "{% $fault.cause %}"},
    }
    outcome = run_states(cloud, states)
    assert (outcome.error, outcome.cause) == ("States.Timeout", "ab")


HARD = (
    'quotes " \' ` backslash \\ \\" newline \n\r\n\t {% $states.input %} ${PrepareFunctionArn} $eval("1") " & $uuid() & " '
    '"; $x := 1; 👩\u200d🚀🌕 قمر \u200fירח {"a": [null]} \u2028 \x7f </data> '
)


@pytest.mark.parametrize("prompt", [HARD, HARD * (20_000 // len(HARD)), "", " ", "{% 1 + 1 %}", "\\", '"', "null"])
def test_prompt_when_it_travels_through_every_kind_of_state_then_it_is_unharmed(cloud, scripted, prompt):
    scripted.generate = lambda event, context: {"accepted": event["attempt"] == 2, prompt: [prompt]}
    outcome = run(cloud, {"prompt": prompt, prompt: {"key": prompt}})
    assert outcome.status == "SUCCEEDED"
    assert all(event["prompt"] == prompt for name, event, _ in scripted.calls if name != "prepare")
    assert scripted.calls[0][1]["event"] == {"prompt": prompt, prompt: {"key": prompt}}
    assert outcome.output["picture"][prompt] == [prompt]


def test_prompt_when_the_run_fails_then_the_cause_is_unharmed(cloud, scripted):
    def generate(event, context):
        raise ValueError(event["prompt"])

    scripted.generate = generate
    outcome = run(cloud, {"prompt": HARD})
    assert json.loads(outcome.cause)["errorMessage"] == HARD


def test_variables_when_assigned_then_the_same_states_output_sees_the_old_ones(cloud, scripted):
    outcome = run(cloud, machine="expressions")
    assert outcome.output["seen_by_output"] == "old"
    assert (outcome.output["seen_by_assign"], outcome.output["seen_after"]) == ("old", "new")


def test_states_when_there_is_no_result_then_it_does_not_exist(cloud):
    there = "{% $exists($states.result) or $exists($states.errorOutput) %}"
    states = {
        "A": {"Type": "Pass", "Next": "There?"},
        "There?": {"Type": "Choice", "Choices": [{"Condition": there, "Next": "Bad"}], "Default": "Good"},
        "Bad": {"Type": "Fail"},
        "Good": {"Type": "Succeed"},
    }
    assert run_states(cloud, states).status == "SUCCEEDED"


def test_expression_when_it_gives_nothing_then_a_catcher_can_name_it(cloud, scripted):
    assert "$states.result.Payload.missing' returned nothing" in run(cloud, machine="expressions").output["cause"]


def test_context_when_a_function_is_invoked_then_it_is_lambdas(cloud, scripted):
    run(cloud)
    context = next(context for name, _, context in scripted.calls if name == "generate")
    assert context.function_name == "generate"
    assert context.invoked_function_arn == "arn:aws:lambda:us-east-1:123456789012:function:generate"
    assert 320_000 < context.get_remaining_time_in_millis() <= 330_000
    assert len({context.aws_request_id for _, _, context in scripted.calls}) == len(scripted.calls)
    assert context.memory_limit_in_mb > 0


def test_execution_when_started_then_its_name_and_time_reach_the_function(cloud, scripted):
    run(cloud)
    _, event, _ = scripted.calls[0]
    assert event["name"] == f"run-{next(_names) - 1}"
    assert event["started_at"].endswith("Z")
    assert abs(time.time() - time.mktime(time.strptime(event["started_at"][:19], "%Y-%m-%dT%H:%M:%S"))) < 86_400


def test_runs_when_they_run_at_once_then_each_keeps_its_own_state(cloud, scripted):
    scripted.generate = lambda event, context: time.sleep(0.02) or {"accepted": event["attempt"] == 2}
    started = [cloud.start("loop", f"many-{n}", {"prompt": f"{n} {HARD}"}) for n in range(8)]
    outcomes = [cloud.wait(execution, timeout_s=30) for execution in started]
    assert [outcome.output["prompt"] for outcome in outcomes] == [f"{n} {HARD}" for n in range(8)]


def test_start_when_the_name_is_taken_then_it_is_refused(cloud, scripted):
    cloud.wait(cloud.start("loop", "taken", {"prompt": "a"}))
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        cloud.start("loop", "taken", {"prompt": "b"})


@pytest.mark.parametrize(
    ("event", "message"),
    [({"prompt": "夜" * 90_000}, "270,"), ({"prompt": float("nan")}, "not JSON"), ({"prompt": "\ud800"}, "not JSON")],
)
def test_start_when_the_event_is_not_a_valid_input_then_it_is_refused(cloud, scripted, event, message):
    with pytest.raises(InvalidEventError, match=message):
        cloud.start("loop", "refused", event)


def test_wait_when_it_takes_too_long_then_it_gives_up_waiting_only(cloud, scripted):
    released = threading.Event()
    scripted.generate = lambda event, context: released.wait(10) and {"accepted": True}
    execution = cloud.start("loop", "slow", {"prompt": "a"})
    with pytest.raises(TimeoutError):
        cloud.wait(execution, timeout_s=0.3)
    released.set()
    assert cloud.wait(execution, timeout_s=10).status == "SUCCEEDED"


def test_wait_when_ctrl_c_is_pressed_then_the_run_can_be_stopped_and_keeps_its_last_answer(cloud, scripted):
    released = threading.Event()
    scripted.generate = lambda event, context: released.wait(10) and {"accepted": True}
    execution = cloud.start("loop", "interrupted", {"prompt": "a"})
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        cloud.wait(execution)
    cloud.stop(execution)
    released.set()
    assert cloud.wait(execution, timeout_s=10).status == "ABORTED"
    assert scripted.count("conclude") == 0


def test_stop_when_the_runs_thread_has_not_begun_then_it_is_aborted(cloud, scripted, monkeypatch):
    begin = ExecutionWorker._get_evaluation_environment
    monkeypatch.setattr(ExecutionWorker, "_get_evaluation_environment", lambda worker: time.sleep(0.2) or begin(worker))
    scripted.prepare = lambda event, context: time.sleep(0.3) or {"limit": 1, "revisions": 0}
    execution = cloud.start("loop", "at-once", {"prompt": "a"})
    cloud.stop(execution)
    assert cloud.wait(execution, timeout_s=10).status == "ABORTED"


def test_cloud_when_another_is_running_then_it_is_refused(cloud, tmp_path):
    with pytest.raises(RuntimeError, match="another LocalCloud is running"), small_cloud(tmp_path, ScriptedFunctions()):
        pass
