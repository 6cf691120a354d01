"""A deployed stack: found by its outputs, its executions started and followed. No emulator in here, only boto3."""
