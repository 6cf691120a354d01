"""How long each part may take, in seconds, from the inside out.

The client's read timeout < the Lambda's timeout < the state's `TimeoutSeconds`, at least 30 s apart, so that a retry
never pays for a picture that is still being made. A test asserts it for every task of the state machine.
"""

# AWS: Bedrock's advice for image generation is a read timeout of at least 300 s (the SDK's default is 60 s).
IMAGE_READ_TIMEOUT_S = 300
CLAUDE_READ_TIMEOUT_S = 120
CONNECT_TIMEOUT_S = 10

MARGIN_S = 30

# In one invocation Claude may be asked a question and to repair its answer; a new wording is also checked each time.
LAMBDA_TIMEOUT_S = {
    "prepare": 2 * CLAUDE_READ_TIMEOUT_S + MARGIN_S,
    "generate": IMAGE_READ_TIMEOUT_S + MARGIN_S,
    "validate": 2 * CLAUDE_READ_TIMEOUT_S + MARGIN_S,
    "revise": 4 * CLAUDE_READ_TIMEOUT_S + MARGIN_S,
    "conclude": 120,
    # A manifest of 100,000 lines is checked, or 100,000 records are read, in one invocation.
    "plan": 870,
    "conclude_batch": 870,
}

STATE_TIMEOUT_S = {name: timeout_s + MARGIN_S for name, timeout_s in LAMBDA_TIMEOUT_S.items()}
