"""The folder `batch/{batch_id}/` of a batch in the stack's bucket, and the upload of large files to it."""

from typing import IO

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.batch_paths import BATCH_FOLDER
from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import RunFolder


def batch_folder(batch_id: str) -> RunFolder:
    """Return the batch's folder. Plans and results are always in the stack's bucket, even if the pictures are not."""
    return RunFolder(settings().bucket, BATCH_FOLDER, batch_id)


def put_file(folder: RunFolder, name: str, file: IO[bytes], content_type: str) -> None:
    """Upload an open file from its beginning. A large file is uploaded in parts.

    Raises:
        RecordError: S3 failed.
    """
    file.seek(0)
    try:
        s3().upload_fileobj(file, folder.bucket, folder.key(name), ExtraArgs={"ContentType": content_type})
    except (ClientError, BotoCoreError, Boto3Error) as error:
        raise RecordError(f"{folder.s3_uri(name)}: S3 did not write it ({error})") from error
