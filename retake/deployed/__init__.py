"""Run events and batches on a deployed stack, with boto3 alone. Same file names as in `laptop`, which runs them here.

* `stack`: find a stack by name, its outputs and its executions;
* `run_plan`, `batch_plan`: check an event or a manifest before it is started;
* `run`, `batch`: start a run or batch, follow it to its end, and read its result;
* `steps`: report a run's steps from its execution's history;
* `records`: a run's or batch's records, in S3;
* `archive`: past runs and batches; `sheet` and `links` copy their sheets to this machine;
* `doctor`, `doctor_models`: whether a run would work in AWS; `quotas` finds the quotas of a model.

`aws`, `execution` and `polling` wrap boto3. `interruption` prints the commands that follow or stop an execution after Ctrl-C.
"""
