"""What moto lacks, one service a file. Each gap is named in a `# moto:` comment above its workaround.

* `definition`: the fields of a state machine that moto's parser refuses.
* `dynamodb`: transactions that are safe among threads.
* `eventbridge`: S3 events as AWS sends them, and state machines as targets of rules.
* `executions`: what is described of an execution, and the error and cause of a stop.
* `history`: a history in pages, and in reverse.
* `jsonata`: the evaluator of JSONata expressions.
* `lambda_api`: Lambda that runs Python handlers in this process.
* `lambda_invoke`: the three types of an invocation, and the end of its log.
* `redrive`: the redrive of an execution.
* `s3`: objects as files, atomic conditional writes, fast listings.
* `scheduler`: checks of schedules, and their clock.
* `shortcuts`: frequent requests without HTTP, for speed.
* `stepfunctions`: the rest of Step Functions: sizes, names, stops, notifications, speed.

Each has one context manager, `patch_…`, that is undone when its block ends.
"""
