"""Fine-tune an image model: the training set, the job, and the throughput that serves the result.

`retake dataset` goes through these files in order:

* `limits`: the documented limits of a training set and of a job;
* `candidate`, `accepted`, `captions`: the pictures and captions, from accepted runs or from a folder;
* `check`: whether a picture keeps the limits;
* `variety`, `subject`: warnings about the whole set;
* `training_set`: the set, and its manifest;
* `destination`: write it to a folder or to S3.

`retake finetune` reads the set again (`dataset_source`), prints the plan of a job (`plan`), creates and follows the job
(`job`), and buys or deletes throughput (`throughput`). `bedrock` is the client of Bedrock's control plane that both use.
"""
