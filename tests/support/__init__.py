"""Helpers for all tests. Fixtures stay in `conftest.py` files; every class and function that tests share is here.

`factories/` builds objects of the domain

    core                requests, requirements, run folders and ledgers, with the usual model ids
    image_calls         what an image model is asked, and the refusals of Titan's content filter
    labelled            a small labelled set, as `retake calibrate` reads it
    past_runs           an out folder with past runs and batches, written without running them
    runs                the records of a whole run; runs that ended in every way, for the proof sheet
    scenes              random scenes, painted right and wrong, with the truth about each picture

`fakes/` replaces a part with something a test controls

    aws_account         an AWS account behind HTTP, as `retake doctor` asks for it
    bedrock             botocore's client behind its stubber: answers are queued, requests are validated and recorded
    claude              botocore's client down to the HTTP body, which is recorded as bytes
    functions           scripted Lambda functions and a small state machine (`machines/`) that calls them
    lambda_context      the context of an invocation
    memory_folder       a run's folder without S3
    view                a progress view that records its lines

`harnesses/` runs the real thing

    attacked_runs       runs of the loop in which every user text is an attack
    batch, loop         the shipped machines and handlers on the local cloud, against the stand-in over HTTP
    bedrock_endpoint    points a process to a stand-in as if it were Bedrock in AWS
    browser_page        a proof sheet open in Chromium
    command             the `retake` command, in this process or in its own
    killed_batch        `retake batch`, killed and started again
    local_cloud         the stand-in and the local cloud that `batch` and `loop` share
    log                 the functions' log, captured
    metrics             the metrics that the functions emit
    mirrored_folder     the files of a folder that mirrors a bucket
    plan_memory         the memory that planning a large manifest takes, measured in its own process
    served_stack        `retake serve` and the AWS CLI against it
    stack_scenarios     a scenario of the loop on a deployed stack
    stand_in_client     a boto3 client of the stand-in, and the requests to send it
    synthesised_stack   the CDK stack's template, with its references readable

`checks/` asserts what several tests assert

    broken_guard        a test fails once its guard is removed
    log                 every log line is one JSON object, and none is forged
    proof_sheet         a page holds nothing that acts and nothing from elsewhere
    question            a question to Claude holds user text in its one data fence only

`cases/` lists test data

    attacks             hostile texts
    obedient_answers    answers of a judge that obeyed an attack
    scenarios           how runs of the loop go wrong, and how each must end
"""
