"""What moto lacks, one service a file. Each gap is named in a `# moto:` comment above its workaround.

* `definition`: the fields of a state machine that moto's parser refuses.
* `dynamodb`: transactions that are safe among threads.
* `eventbridge`: S3 events as AWS sends them, and state machines as targets of rules.
* `jsonata`: the evaluator of JSONata expressions.
* `lambda_api`: Lambda that runs Python handlers in this process.
* `s3`: objects as files, atomic conditional writes, fast listings.
* `shortcuts`: frequent requests without HTTP, for speed.
* `stepfunctions`: the rest of Step Functions: sizes, names, stops, notifications, speed.

Each has one context manager, `patch_…`, that is undone when its block ends.
"""
