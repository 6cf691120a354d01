"""A stand-in for Amazon Bedrock that runs on this machine: no account, no network, no AI.

    with StandIn(Options(error_rate=0)) as bedrock:
        boto3.client("bedrock-runtime", endpoint_url=bedrock.url, ...)

It speaks InvokeModel (Titan Image Generator, Stability) and Converse (Claude) over HTTP, and enforces the models'
documented limits with their documented errors; each module names its sources. Behind that are three simple programs:

* a painter, which draws what an English prompt names: some forty things (skies, moons, seas, mountains, houses,
  boats…), counted and coloured simple shapes, places, a short text on a sign. By its seed it forgets, miscounts,
  misplaces or miscolours; less so what is named first and plainly; and it draws what a negation names.
* a judge, which gets the picture's pixels and the questions and nothing else.
* a reviser, which puts the prompt into better English from English, Japanese, German, French, Spanish or Chinese.

What they do with words outside their vocabulary, so that anybody's own prompt can be tried:

* Requirements keep only what the vocabulary knows: of "a wooden rocking horse under a full moon", the full moon.
* Of a prompt without any known word there is one requirement, of kind `other`, holding the prompt itself. The painter
  makes a card that says what it could have drawn, and the judge says that it cannot tell, which counts as not met: a
  judge that cannot tell must not accept.
* A requirement that a user gives is judged by the words known in it, unless its first noun phrase names nothing known
  ("a cat near a red house"): then the judge cannot tell either.
* A colour that a thing never has here ("a red moon") is never met; the judge says what colour it does not have.

How to see each path: `Options.faults` (see faults.py) for errors, delays, filters and spoilt answers; `paint_wrong` and
`paint_right` for pictures; the words of content_filter.py for a blocked prompt, of which one survives revision.
"""

from standin.calls import Call
from standin.faults import Fault, read_faults
from standin.options import Options
from standin.wire.server import StandIn

__all__ = ["Call", "Fault", "Options", "StandIn", "read_faults"]
