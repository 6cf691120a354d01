"""The code that the functions share, in ten rooms. Each room may import only the rooms above it in this list.

* `runtime`: the errors, settings, limits, clients, logs, metrics, and the table of functions;
* `catalogue`: the known models, with their limits, sizes, prices, Regions and lifecycle;
* `request`: the request, with its fields, requirements and trigger, and whether a model can use its prompt;
* `storage`: a run's folder in S3, and the batch table in DynamoDB;
* `money`: the ledger of a step, the budget of a batch, and the charges of Step Functions and Lambda;
* `run`: a run's state between the steps, its seeds, its history, its result, and the table of statuses;
* `models`: the calls to the models on Bedrock, image models and Claude;
* `admission`: the checks and the cost estimate before anything is paid;
* `batch`: the manifest, plan, rows and summary of a batch;
* `report`: the proof sheet.

`request` and `storage` do not import each other, and neither do `batch` and `report`. `pyproject.toml` has these layers as an
import contract.
"""
