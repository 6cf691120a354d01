"""`retake serve`: the local cloud as an AWS endpoint, for the AWS CLI and every SDK.

* `deployment`: read settings and schedules from cdk.json;
* `stack`: create the resources of infra/: functions, machines, rules, schedules;
* `endpoint`: listen on loopback, over HTTP;
* `scheduler`: start what schedules are due, by a `clock` that may be hastened;
* `cloudformation`: answer DescribeStacks, by which `retake start --stack` finds the stack;
* `server`: start all of these, and stop them.
"""
