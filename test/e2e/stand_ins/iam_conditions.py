"""The IAM condition keys of route53:ChangeResourceRecordSets and events:PutEvents.

MiniStack enforces policies (AUTH=true) but knows none of these keys, so a policy scoped to certain names, types or actions would pass whatever
the call changes, and one scoped to the source of events would let none through. Here they are read from the request, the names of records
normalized as Route 53 documents it: lower case, no trailing dot, and anything but a-z, 0-9, hyphen, underscore and dot as a three-digit octal code.
"""

import json
import re

from ministack.core import iam_actions

from .route53_changes import changes_in

PREFIX = "route53:ChangeResourceRecordSets"


def normalized(name):
    text = name.rstrip(".").lower()
    return re.sub(r"[^a-z0-9._\-]", lambda found: "".join(f"\\{octet:03o}" for octet in found.group().encode()), text)


def keys_of_changes(body):
    changes = changes_in(body)
    return {
        f"{PREFIX}NormalizedRecordNames": sorted({normalized(record["Name"]) for _, record in changes}),
        f"{PREFIX}RecordTypes": sorted({record["Type"] for _, record in changes}),
        f"{PREFIX}Actions": sorted({action for action, _ in changes}),
    }


def keys_of_events(body):
    """Several entries have several values, of which a condition on one value matches none."""
    entries = json.loads(body).get("Entries", [])
    values = {key: sorted({str(entry.get(member)) for entry in entries}) for key, member in (("source", "Source"), ("detail-type", "DetailType"))}
    return {f"events:{key}": found[0] if len(found) == 1 else found for key, found in values.items()}


KEYS_OF = {PREFIX: keys_of_changes, "events:PutEvents": keys_of_events}


def install():
    context_of = iam_actions.request_tag_context

    def context(service, iam_action, body, params):
        found = context_of(service, iam_action, body, params)
        return {**found, **KEYS_OF[iam_action](body)} if iam_action in KEYS_OF else found

    iam_actions.request_tag_context = context
