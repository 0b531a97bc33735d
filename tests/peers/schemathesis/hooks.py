"""What the document says in words, for a schema cannot: a rule between two members of a body."""

import os

import schemathesis

# Models that read a negative prompt, asked of the server itself.
READERS = set(os.environ["READ_NEGATIVE"].split(","))


@schemathesis.hook
def filter_case(context, case):
    """Leaves out negative prompts for models that refuse them; a test of its own asks for those."""
    body = case.body
    if not isinstance(body, dict):
        return True
    negative = body.get("negative_prompt")
    refused = isinstance(negative, str) and negative.strip() and body.get("model") not in READERS
    return not refused
