"""Relative links from the batch sheet to the records of its items: right in S3, and in the folder on a user's machine."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.records import split_s3_uri
from lambdas.core.runtime.settings import settings

# The sheet is at batch/{batch_id}/report.html.
_TO_THE_ROOT = "../../"


@dataclass(frozen=True)
class Links:
    """Makes the links of one sheet."""

    bucket: str
    """The bucket of the sheet. Another bucket cannot be reached by a relative link."""
    local_prefix: str = ""
    """The prefix that the folder on a user's machine leaves out of its paths. It mirrors every bucket. Empty in S3."""

    def to(self, s3_uri: str | None) -> str | None:
        """Return the link to a record; None if there is no record, or it is in another bucket."""
        if not s3_uri:
            return None
        bucket, key = split_s3_uri(s3_uri)
        if self.local_prefix:
            key = key.removeprefix(f"{self.local_prefix}/")
        elif bucket != self.bucket:
            return None
        return _TO_THE_ROOT + quote(key)


def image_sources(bucket: str) -> str:
    """Return the sources of the sheet's Content Security Policy for pictures: the folder it is in, and its bucket.

    `retake open --stack` writes the sheet to a file of the user's machine, with presigned addresses of S3.
    """
    if settings().local_prefix:
        return "'self' file:"
    if url := settings().s3_url:
        return f"'self' {url}/{bucket}/"
    meta = s3().meta
    hosts = {"s3.amazonaws.com", f"s3.{meta.region_name}.amazonaws.com", urlsplit(meta.endpoint_url).netloc}
    in_s3 = [source for host in sorted(hosts) for source in (f"https://{bucket}.{host}", f"https://{host}/{bucket}/")]
    return " ".join(["'self'", *in_s3])
