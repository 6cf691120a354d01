"""A stand-in for Amazon Bedrock that runs on this machine: no account, no network, no AI."""

from local.bedrock.calls import Call
from local.bedrock.faults import Fault, read_faults
from local.bedrock.options import Options
from local.bedrock.server import StandIn

__all__ = ["Call", "Fault", "Options", "StandIn", "read_faults"]
