import threading

import pytest

from retake.emulator.patches.jsonata import QueryEvaluationError, evaluate

HARD_TEXTS = {
    "quotes": "a \"red\" circle, 'blue' square and a `green` one",
    "backslashes": "C:\\new\\table \\u0041 \\\\",
    "newlines": "one\ntwo\r\nthree\ttab\u2028separator",
    "jsonata": "{% $states.input %}",
    "injection": '" & $uuid() & "',
    "assignment": '"; $x := "y"; "',
    "placeholder": "${PrepareFunctionArn} and $${Bucket}",
    "emoji": "👩\u200d🚀 on the 🌕",
    "right to left": "قمر فوق البحر \u200f ירח",
    "json": '{"prompt": null, "a": [1, 2.0, "\\""]}',
    "comment": "a /* comment */ and // another",
    "long": "夜の海 " * 5_000,
    "empty": "",
}


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_text_when_it_travels_through_variables_then_it_is_unharmed(text):
    variables = {"prompt": text, "states": {"input": {text: [text]}}}
    assert evaluate("{'a': $prompt, 'b': $states.input}", variables) == {"a": text, "b": {text: [text]}}


def test_text_when_it_looks_like_code_then_it_is_not_run():
    assert evaluate("$x & 'b'", {"x": "' & $error('run') & '"}) == "' & $error('run') & 'b"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$partition([1..7], 3)", [[1, 2, 3], [4, 5, 6], [7]]),
        ("$partition([1, 2], 5)", [[1, 2]]),
        ("$range(0, 10, 5)", [0, 5, 10]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$hash('abc', 'SHA-256')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("$parse('{\"a\": [null, 1.5]}')", {"a": [None, 1.5]}),
        ("$parse($x).errorType", "ModelThrottledError"),
        ("$random(7) = $random(7)", True),
        ("$length($uuid())", 36),
        ("[1..3]", [1, 2, 3]),
        ("$count([1..3])", 3),
        ("4 / 2", 2),
        ("$five", 5),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("$map([1, 2], function($v) { $v * 2 })", [2, 4]),
        ("$exists($x) and $not($exists($nowhere))", True),
        ("$exists($null)", True),
        ("{'a': $null, 'b': $nowhere}", {"a": None}),
        ("$null", None),
        ("$list", [1]),
        ("$object.list", [1]),
        ("$object.list[0]", 1),
        ("$merge([$object, {'b': 1}])", {"list": [1], "b": 1}),
    ],
)
def test_expression_when_evaluated_then_it_gives_what_step_functions_gives(expression, value):
    variables = {
        "x": '{"errorType": "ModelThrottledError"}',
        "null": None,
        "five": 5.0,
        "list": [1],
        "object": {"list": [1]},
    }
    result = evaluate(expression, variables)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("expression", "cause"),
    [
        ("$states.input.nothing", "returned nothing"),
        ("$states.", "failed"),
        ("$eval('1')", r"\$eval is not supported"),
        ("$sum", "unsupported result type"),
        ("{'f': function() { 1 }}", "unsupported result type"),
        ("$number('x')", "failed"),
        ("$partition([1], 0)", "the size must be"),
        ("$range(0, 1, 0)", "the step must not be 0"),
        ("$hash('x', 'CRC')", "one of MD5"),
        ("$parse('{')", "failed"),
        ("(1; ", "failed"),
    ],
)
def test_expression_when_it_is_wrong_then_the_fault_quotes_it(expression, cause):
    with pytest.raises(QueryEvaluationError, match=cause) as fault:
        evaluate(expression, {"states": {"input": {}}})
    assert f"'{expression}'" in str(fault.value)


def test_variables_when_an_expression_changes_a_copy_then_they_stay():
    variables = {"x": {"a": [1]}}
    assert evaluate("$x ~> |$|{'a': 2}|", variables) == {"a": 2}
    assert variables == {"x": {"a": [1]}}


def test_expression_when_evaluated_in_many_threads_then_each_sees_its_own_variables():
    faults = []

    def ask(mine: int) -> None:
        for _ in range(200):
            found = evaluate("($y := $x * 2; $map([1, 2, 3], function($v) { $v + $x + $y }))", {"x": mine})
            if found != [v + 3 * mine for v in (1, 2, 3)]:
                faults.append((mine, found))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
