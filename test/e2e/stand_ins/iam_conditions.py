"""The IAM condition keys of route53:ChangeResourceRecordSets.

MiniStack enforces policies (AUTH=true) but knows no Route 53 keys, so a policy scoped to certain names, types or actions would pass whatever
the call changes. Here the three keys are read from the request, normalized as Route 53 documents it: lower case, no trailing dot, and anything
but a-z, 0-9, hyphen, underscore and dot as a three-digit octal code.
"""

import re

from ministack.core import iam_actions

from .route53_changes import changes_in

PREFIX = "route53:ChangeResourceRecordSets"


def normalized(name):
    text = name.rstrip(".").lower()
    return re.sub(r"[^a-z0-9._\-]", lambda found: "".join(f"\\{octet:03o}" for octet in found.group().encode()), text)


def keys_of(body):
    changes = changes_in(body)
    return {
        f"{PREFIX}NormalizedRecordNames": sorted({normalized(record["Name"]) for _, record in changes}),
        f"{PREFIX}RecordTypes": sorted({record["Type"] for _, record in changes}),
        f"{PREFIX}Actions": sorted({action for action, _ in changes}),
    }


def install():
    context_of = iam_actions.request_tag_context

    def context(service, iam_action, body, params):
        found = context_of(service, iam_action, body, params)
        return {**found, **keys_of(body)} if iam_action == PREFIX else found

    iam_actions.request_tag_context = context
