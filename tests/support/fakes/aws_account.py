"""An AWS account behind an HTTP endpoint: its identity, models, quotas and functions, as `retake doctor` asks for them."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

AVAILABLE = {
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}
_REGION = re.compile(r"Credential=[^/]+/\d+/([a-z0-9-]+)/")
_DEFAULTS = {
    "On-demand model inference requests per minute for Stability.ai Stable Image Core": 90.0,
    "Cross-region model inference tokens per minute for Anthropic Claude Haiku 5.5": 5_000_000.0,
    "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 5.5": 6_000_000.0,
    "Global cross-region model inference tokens per minute for Anthropic Claude Haiku 5.5": 7.0,
    "Records per batch inference job for Claude Haiku 5.5": 100_000.0,
}


@dataclass
class AwsAccount:
    """What the account answers. A test changes it before it asks."""

    url: str = ""
    availability: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The answers of GetFoundationModelAvailability that are not `AVAILABLE`, by model id."""
    lifecycles: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The lifecycles that are not ACTIVE, by model id."""
    unknown_models: set[str] = field(default_factory=set)
    quotas: dict[str, float] = field(default_factory=lambda: dict(_DEFAULTS))
    """The account's quotas, by name."""
    default_quotas: dict[str, float] = field(default_factory=lambda: dict(_DEFAULTS))
    concurrency: tuple[int, int] = (1_000, 900)
    """Lambda's concurrent executions: all, and those without a reservation."""
    variables: dict[str, str] = field(default_factory=lambda: {"RETAKE_BUCKET": "pictures"})
    """The environment of the stack's functions."""
    denied: set[str] = field(default_factory=set)
    """The operations that the caller may not call."""
    invalid_credentials: bool = False
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    """(operation, Region, model or function) of each request."""

    @property
    def environment(self) -> dict[str, str]:
        """Variables that send the doctor's questions here."""
        return {
            **{f"AWS_ENDPOINT_URL_{name}": self.url for name in ("STS", "BEDROCK", "SERVICE_QUOTAS", "LAMBDA")},
            "AWS_ACCESS_KEY_ID": "one",
            "AWS_SECRET_ACCESS_KEY": "two",
            "AWS_DEFAULT_REGION": "us-west-2",
        }

    def answer(self, operation: str, about: str) -> tuple[int, Any]:
        """Return the status and the answer of one request, or an error's code."""
        if self.invalid_credentials:
            return 403, "InvalidClientTokenId"
        if operation in self.denied:
            return 403, "AccessDeniedException"
        if about in self.unknown_models:
            return 404, "ResourceNotFoundException"
        if operation == "GetFoundationModelAvailability":
            return 200, {"modelId": about, **self.availability.get(about, AVAILABLE)}
        if operation == "GetFoundationModel":
            lifecycle = self.lifecycles.get(about, {"status": "ACTIVE"})
            details = {"modelArn": f"arn:aws:bedrock:us-west-2::foundation-model/{about}", "modelId": about}
            return 200, {"modelDetails": {**details, "modelLifecycle": lifecycle}}
        if operation in ("ListServiceQuotas", "ListAWSDefaultServiceQuotas"):
            listed = self.quotas if operation == "ListServiceQuotas" else self.default_quotas
            return 200, {"Quotas": [{"QuotaName": name, "Value": value} for name, value in listed.items()]}
        if operation == "GetAccountSettings":
            total, free = self.concurrency
            return 200, {"AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": free}}
        if operation == "GetFunctionConfiguration":
            return 200, {"Environment": {"Variables": self.variables}}
        return 200, (
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>"
            "<UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )


@contextmanager
def aws_account() -> Iterator[AwsAccount]:
    """Serve an account in which everything is well."""
    account = AwsAccount()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path)
            for pattern, operation in (
                (r"/foundation-model-availability/(.+)", "GetFoundationModelAvailability"),
                (r"/foundation-models/(.+)", "GetFoundationModel"),
                (r"/2016-08-19/account-settings/?()", "GetAccountSettings"),
                (r"/2015-03-31/functions/(.+)/configuration", "GetFunctionConfiguration"),
            ):
                if found := re.fullmatch(pattern, path):
                    self._send(operation, found[1])
                    return
            self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            target = self.headers.get("X-Amz-Target")
            if target:
                assert json.loads(body)["ServiceCode"] == "bedrock"
            self._send(target.rpartition(".")[2] if target else "GetCallerIdentity", "")

        def _send(self, operation: str, about: str) -> None:
            region = _REGION.search(self.headers["Authorization"])
            account.calls.append((operation, region[1] if region else "", about))
            status, answer = account.answer(operation, about)
            if status != 200:
                code, answer = answer, {"__type": answer, "message": "no"}
                if operation == "GetCallerIdentity":
                    answer = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
            self.send_response(status)
            if status != 200:
                self.send_header("x-amzn-ErrorType", code)
            content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        account.url = f"http://127.0.0.1:{server.server_port}"
        yield account
        server.shutdown()
        thread.join()
