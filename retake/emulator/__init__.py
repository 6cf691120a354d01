"""AWS on this machine, by moto. The only room that imports it.

`cloud.LocalCloud` starts everything for one process, in this order:

* `environment`: point boto3 at this process, and stop every other request;
* `patches/`: add what moto lacks, one service a file;
* `logs`: send the functions' log lines to a file;
* `folder`: mirror the bucket's objects as files;
* `restore`, `batch_table`: load the records of earlier processes from there.

`retake.laptop` runs events and batches on it. `serve/` puts it behind an HTTP endpoint (`retake serve`). `bedrock`
starts the stand-in, and `lock` keeps a folder to one process.
"""
