"""Requests to Bedrock go to the right endpoint with the right credentials, and no other request leaves the process."""

import io
import os
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session

from lambdas.core.runtime import clients
from retake.emulator.environment import NoCredentialsError, OutboundError
from tests.support.fakes.functions import ScriptedFunctions, small_cloud

REAL_KEY = "AKIAREALREALREAL0000"


@pytest.fixture
def bedrock():
    """A server that records (path, Authorization) of every request and answers `{}`."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            requests.append((self.path, self.headers["Authorization"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_PUT = do_POST  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield SimpleNamespace(requests=requests, url=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """Remove this machine's AWS settings, so that each test sets its own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    yield
    clients.clear()


@pytest.fixture
def real_credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


class Body(io.BytesIO):
    def stream(self):
        yield self.read()


def call_s3_and_bedrock(event, context):
    clients.s3().put_object(Bucket="retake-local", Key=f"generated-images/run-1/{event['attempt']}", Body=b"1")
    clients.bedrock_for_images().invoke_model(modelId="some.model-v1:0", body=b"{}")
    return {"accepted": event["attempt"] == 2}


def run_once(folder, bedrock_url):
    scripted = ScriptedFunctions()
    scripted.generate = call_s3_and_bedrock
    with small_cloud(folder, scripted, bedrock_url=bedrock_url) as cloud:
        outcome = cloud.wait(cloud.start("loop", "run-1", {"prompt": "a"}), timeout_s=20)
    assert (outcome.status, outcome.cause) == ("SUCCEEDED", None)


def signing_keys(server):
    return [authorization.split("/")[0] for _, authorization in server.requests]


def test_bedrock_in_aws_when_called_then_the_users_key_signs_it_and_nothing_else_is_sent(
    bedrock, monkeypatch, real_credentials, tmp_path
):
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.url)
    before = dict(os.environ)
    run_once(tmp_path, None)
    assert [path for path, _ in bedrock.requests] == ["/model/some.model-v1%3A0/invoke"] * 2
    assert signing_keys(bedrock) == [f"AWS4-HMAC-SHA256 Credential={REAL_KEY}"] * 2
    assert (tmp_path / "run-1/1").read_bytes() == b"1"
    assert dict(os.environ) == before


def test_bedrock_in_aws_when_every_service_is_elsewhere_then_only_bedrock_goes_there(
    bedrock, monkeypatch, real_credentials, tmp_path
):
    monkeypatch.setenv("AWS_ENDPOINT_URL", bedrock.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", bedrock.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", bedrock.url)
    run_once(tmp_path, None)
    assert [path for path, _ in bedrock.requests] == ["/model/some.model-v1%3A0/invoke"] * 2


def test_bedrock_in_aws_when_there_is_no_endpoint_then_the_request_is_let_through_to_aws(
    monkeypatch, real_credentials, tmp_path
):
    sent = []
    monkeypatch.setattr(URLLib3Session, "send", lambda session, request: sent.append(request) or 1 / 0)
    with small_cloud(tmp_path, ScriptedFunctions(), bedrock_url=None), pytest.raises(ZeroDivisionError):
        clients.bedrock_for_images().invoke_model(modelId="m", body=b"{}")
    assert [request.url for request in sent] == ["https://bedrock-runtime.us-west-2.amazonaws.com/model/m/invoke"]
    assert f"Credential={REAL_KEY}/".encode() in sent[0].headers["Authorization"]


ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE{n}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def test_bedrock_in_aws_when_credentials_come_from_a_role_then_sts_is_asked_for_real_and_again(
    bedrock, monkeypatch, tmp_path
):
    (tmp_path / "credentials").write_text(f"[base]\naws_access_key_id={REAL_KEY}\naws_secret_access_key=s\n")
    (tmp_path / "config").write_text(
        "[profile work]\nrole_arn=arn:aws:iam::111122223333:role/r\nsource_profile=base\nregion=eu-west-1\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.url)
    asked = []
    send = URLLib3Session.send

    def to_sts(session, request):
        if "sts." not in request.url:
            return send(session, request)
        asked.append((request.url, request.headers["Authorization"]))
        # About to expire, so every signature asks for new ones.
        until = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
        body = ASSUMED.format(n=len(asked), until=until).encode()
        return AWSResponse(request.url, 200, HTTPHeaders(), Body(body))

    monkeypatch.setattr(URLLib3Session, "send", to_sts)
    run_once(tmp_path, None)
    assert {url for url, _ in asked} == {"https://sts.us-east-1.amazonaws.com/"}
    assert all(f"Credential={REAL_KEY}/".encode() in authorization for _, authorization in asked)
    assert len(asked) > 2
    assert all("Credential=ASIAROLE" in key for key in signing_keys(bedrock))


def test_bedrock_in_aws_when_there_is_only_a_bedrock_api_key_then_it_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "token-1")
    sent = []

    def to_bedrock(session, request):
        sent.append((request.url.split("/")[2], request.headers["Authorization"]))
        return AWSResponse(request.url, 200, HTTPHeaders(), Body(b"{}"))

    monkeypatch.setattr(URLLib3Session, "send", to_bedrock)
    run_once(tmp_path, None)
    assert sent == [("bedrock-runtime.us-west-2.amazonaws.com", b"Bearer token-1")] * 2


@pytest.mark.parametrize(("profile", "message"), [(None, "aws configure"), ("nobody", "nobody")])
def test_bedrock_in_aws_when_there_are_no_credentials_then_it_says_what_to_do(monkeypatch, tmp_path, profile, message):
    if profile:
        monkeypatch.setenv("AWS_PROFILE", profile)
    before = dict(os.environ)
    with pytest.raises(NoCredentialsError, match=message), small_cloud(tmp_path, ScriptedFunctions(), bedrock_url=None):
        pass
    assert dict(os.environ) == before
    with small_cloud(tmp_path, ScriptedFunctions()):
        pass


def test_bedrock_here_when_called_then_the_users_credentials_proxies_and_profile_are_not_used(
    bedrock, monkeypatch, real_credentials, tmp_path
):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "token-1")
    before = dict(os.environ)
    run_once(tmp_path, bedrock.url)
    assert signing_keys(bedrock) == ["AWS4-HMAC-SHA256 Credential=local"] * 2
    assert dict(os.environ) == before


@pytest.mark.parametrize("bedrock_in_aws", [True, False])
def test_request_when_it_is_not_bedrocks_then_it_cannot_leave(bedrock, real_credentials, tmp_path, bedrock_in_aws):
    bedrock_url = None if bedrock_in_aws else "http://127.0.0.1:9"
    with (
        small_cloud(tmp_path, ScriptedFunctions(), bedrock_url=bedrock_url),
        pytest.raises(OutboundError, match="only Bedrock"),
    ):
        boto3.client("s3", endpoint_url=bedrock.url).list_buckets()
    assert bedrock.requests == []


def test_clients_when_made_before_or_after_then_they_are_not_those_of_the_cloud(bedrock, monkeypatch, tmp_path):
    monkeypatch.setenv("RETAKE_BUCKET", "before")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    early = clients.s3()
    with small_cloud(tmp_path, ScriptedFunctions(), bedrock_url=bedrock.url):
        assert clients.s3() is not early
        within = clients.bedrock_for_images()
        assert within.meta.endpoint_url == bedrock.url
    assert clients.bedrock_for_images() is not within
    assert clients.s3().meta.region_name == "eu-west-1"
