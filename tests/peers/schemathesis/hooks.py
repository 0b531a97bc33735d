"""What the document says in words, for a schema cannot: a rule between two members of a body."""

import os
import re

import requests
import schemathesis
from schemathesis.specs.openapi.checks import EnsureResourceAvailability, ensure_resource_availability

# Models that read a negative prompt, asked of the server itself.
READERS = set(os.environ["READ_NEGATIVE"].split(","))


@schemathesis.hook
def filter_case(context, case):
    """Leaves out negative prompts for models that refuse them, and places in a list that no list told: they carry a mark that no
    schema can say. Tests of their own ask for those."""
    if re.fullmatch("[0-9a-f]{40}", str((case.query or {}).get("cursor", ""))):
        return False
    body = case.body
    if not isinstance(body, dict):
        return True
    negative = body.get("negative_prompt")
    refused = isinstance(negative, str) and negative.strip() and body.get("model") not in READERS
    return not refused


@schemathesis.check
def what_was_made_is_there(ctx, response, case):
    """The check of the same purpose, which takes any 404 for the thing that was made; where a body names another thing, the
    404 may be that one's. So the thing itself is asked for."""
    try:
        return ensure_resource_availability(ctx, response, case)
    except EnsureResourceAvailability:
        sent = response.request
        asked = requests.get(sent.url, headers={"Authorization": sent.headers["Authorization"]}, timeout=10)
        if asked.status_code != 200:
            raise
        return None
