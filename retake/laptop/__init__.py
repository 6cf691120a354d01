"""Run events and batches on this machine, on the emulator. Same file names as in `deployed`, which runs them in AWS.

`retake run` goes through these files in order (`retake batch` through the batch's):

* `run_plan`, `batch_plan`: check an event or a manifest before anything is started;
* `run`, `batch`: execute it to its end, or until Ctrl-C, and read its result;
* `locks`: let only one process at a time work on a run or a batch;
* `accepted_items`: which items of a batch an earlier process got accepted;
* `disk`: stop before something is paid for that could not be kept;
* `cloud`: start the stand-in and the emulator for it;
* `steps`: report a run's steps, by a wrapper around each function;
* `records`: a run's records, in its folder;
* `archive`, `unfinished`: past runs and batches in an output folder, and how far those without a result have come;
* `doctor`: whether a run would work on this machine.
"""
