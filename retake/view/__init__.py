"""The output of the commands on the terminal: progress, endings, exit codes and Ctrl-C, for local and deployed runs alike.

* `progress`, `live`: the progress of a run, as plain lines or as a table on a terminal;
* `run_watch`: turn the steps of a run into progress. It reads them from `records`;
* `batch_progress`: the progress of a batch;
* `outcome`, `run_ending`, `batch_ending`: how an execution ended, its exit code and its closing lines;
* `run_files`, `estimate`: the files of a run and the estimate of its cost, as they are printed;
* `archive`, `listing`, `run_story`, `batch_story`, `names`, `browser`: past runs and batches, found again and shown;
* `batch_rows`: the rows of a batch's results, and its chosen pictures;
* `models`, `findings`: the model catalogue, and what `retake doctor` found;
* `table`: a table that fits the terminal;
* `output`, `errors`, `exit_codes`, `signals`: the streams, the error messages, the exit codes, Ctrl-C.
"""
