"""Calls to the stand-in in Retake's form: a boto3 client, the tools, and the data in a fence."""

import base64
import io
import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from PIL import Image

HAIKU = "us.anthropic.claude-haiku-5-5"
SONNET = "us.anthropic.claude-sonnet-5-5"
OLD_HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
TITAN = "amazon.titan-image-generator-v2:0"
CORE = "stability.stable-image-core-v1:1"


def client(url: str, read_timeout_s: float = 20) -> Any:
    """Return a bedrock-runtime client without retries."""
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=url,
        region_name="us-west-2",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout_s, connect_timeout=5),
    )


def invoke(runtime: Any, body: dict[str, Any], model_id: str = TITAN) -> dict[str, Any]:
    """Call InvokeModel and return the parsed body."""
    answer: dict[str, Any] = json.loads(runtime.invoke_model(modelId=model_id, body=json.dumps(body))["body"].read())
    return answer


def titan_body(text: str, *, negative: str | None = None, **config: Any) -> dict[str, Any]:
    """Return a TEXT_IMAGE body. The default size is 512 x 512."""
    params = {"text": text} | ({"negativeText": negative} if negative else {})
    return {
        "taskType": "TEXT_IMAGE",
        "textToImageParams": params,
        "imageGenerationConfig": {"width": 512, "height": 512, "seed": 1} | config,
    }


def pictures(answer: dict[str, Any]) -> list[Image.Image]:
    """Decode the pictures of an image model's answer."""
    return [Image.open(io.BytesIO(base64.b64decode(image))) for image in answer["images"]]


def tool_config(name: str, *, choice: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a toolConfig with one tool. By default its use is forced."""
    spec = {"name": name, "description": "Record it.", "inputSchema": {"json": {"type": "object", "properties": {}}}}
    return {"tools": [{"toolSpec": spec}], "toolChoice": choice or {"tool": {"name": name}}}


def data_block(data: dict[str, Any]) -> dict[str, Any]:
    """Return a text block with data in a `<data>` fence."""
    return {"text": f"Answer this.\n<data>\n{json.dumps(data)}\n</data>"}


def ask(
    runtime: Any, tool: str, data: dict[str, Any], images: tuple[bytes, ...] = (), **settings: Any
) -> dict[str, Any]:
    """Call Converse with one question and return the whole answer."""
    blocks = [{"image": {"format": "png", "source": {"bytes": image}}} for image in images]
    request = {
        "modelId": HAIKU,
        "messages": [{"role": "user", "content": [*blocks, data_block(data)]}],
        "toolConfig": tool_config(tool),
    }
    answer: dict[str, Any] = runtime.converse(**(request | settings))
    return answer


def converse_error(runtime: Any, **settings: Any) -> str:
    """Return the message of the ValidationException that a request gets."""
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        ask(runtime, "record_requirements", {"prompt": "a red circle", "negative_prompt": None}, **settings)
    message: str = error.value.response["Error"]["Message"]
    return message


def tool_input(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the input of the answer's tool call."""
    content = answer["output"]["message"]["content"]
    found: dict[str, Any] = next(block["toolUse"]["input"] for block in content if "toolUse" in block)
    return found


def png(side_px: int = 32, colour: tuple[int, int, int] = (200, 40, 40)) -> bytes:
    """Return a PNG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (side_px, side_px), colour).save(buffer, "PNG")
    return buffer.getvalue()
