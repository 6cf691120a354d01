"""A stand-in for Amazon Bedrock on this machine. It needs no account and no network, and it is not an AI.

    with StandIn(Options(error_rate=0)) as bedrock:
        boto3.client("bedrock-runtime", endpoint_url=bedrock.url, ...)

It serves InvokeModel (Titan Image Generator with its seven tasks, Stability's generators and nine of its Image Services) and
Converse (Claude) over HTTP on loopback. It enforces the models' documented limits and returns their documented errors; an
error whose text no source gives says that its words are the stand-in's. Behind the protocol are five rule-based programs:

* The painter draws the things of an English prompt that are among the forty it knows, with colours, counts and places.
  Depending on the seed, it forgets, miscounts, misplaces or miscolours some. It often draws negated things.
* The editor changes given pictures: it repaints, removes, recolours, extends, varies, cuts out. What it does not know or
  cannot find in a picture, it leaves as it is. By the seed, one edit in four changes too much, nothing, or leaves a trace.
* The judge gets the pictures' pixels and the questions, and nothing else. It detects the same things in the pixels, and
  compares an edited picture with its source.
* The requirement writer lists what an English or Japanese prompt asks for.
* The reviser rewrites a prompt in plain English.

Nothing in a prompt is dropped. What the stand-in does not fully understand, such as "a cat", "a large house", "a circle
inside a square" or a text in another language, is a requirement in the prompt's own words. The painter draws nothing for
it, and the judge is not certain of it: `certain: false`, which counts as not met.

`Options.faults` injects errors, delays, filters, broken answers and wrong pictures (see faults.py).
answers/content_filter.py lists the words that block a prompt.
"""

from standin.calls import Call
from standin.faults import Fault, read_faults
from standin.options import Options
from standin.wire.server import StandIn

__all__ = ["Call", "Fault", "Options", "StandIn", "read_faults"]
