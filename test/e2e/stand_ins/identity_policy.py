"""Policies on identities, which MiniStack lacks: its route for identities swallows their paths.

They are kept with the identity, and GetEmailIdentity tells them too. A policy is taken when it is about its identity, has principals that exist, and conditions
that SES knows.
"""

import json
import re

from ministack.core.responses import get_account_id
from ministack.services import iam
from ministack.services import ses_v2 as v2

from .ses_operation import operation, Refused

MAX_POLICIES = 20
MAX_OCTETS = 4096
NAME = re.compile(r"[A-Za-z0-9_-]+")
POLICY_MEMBERS = {"Version", "Id", "Statement"}
STATEMENT_MEMBERS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
ACTION = re.compile(r"ses:(?:Send(?:Raw|Templated|BulkTemplated)?Email|(?:Get|Put|Create|Update|Delete|List|BatchGet|Cancel|Tag|Untag)\w+)")
CONDITION_KEY = re.compile(r"aws:[A-Z]\w+|ses:(?:FeedbackAddress|FromAddress|FromDisplayName|Recipients)")
OF_THIS_ACCOUNT = re.compile(r"arn:aws:iam::(\d{12}):(role|user)/(?:.*/)?([^/]+)")


@operation("GetEmailIdentityPolicies")
async def get(given, otherwise):
    return {"Policies": policies(given)}


@operation("CreateEmailIdentityPolicy")
async def create(given, otherwise):
    kept, name = policies(given), named(given)
    if name in kept:
        raise Refused("AlreadyExistsException", f"Policy <{name}> already exists")
    if len(kept) >= MAX_POLICIES:
        raise Refused("LimitExceededException", f"Number of policies for <{given['EmailIdentity']}> exceeds max allowed number of policies per resource")
    kept[name] = checked(given)
    return {}


@operation("UpdateEmailIdentityPolicy")
async def update(given, otherwise):
    kept, name = policies(given), known(given)
    kept[name] = checked(given)
    return {}


@operation("DeleteEmailIdentityPolicy")
async def delete(given, otherwise):
    del policies(given)[known(given)]
    return {}


def policies(given):
    record = v2._identities.get(given["EmailIdentity"])
    if record is None:
        raise Refused("NotFoundException", f"Email identity {given['EmailIdentity']} does not exist.", 404)
    return record.setdefault("Policies", {})


def named(given):
    if not NAME.fullmatch(given["PolicyName"]):
        raise invalid("PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.")
    return given["PolicyName"]


def known(given):
    if named(given) not in policies(given):
        raise Refused("NotFoundException", f"Policy <{given['PolicyName']}> does not exist", 404)
    return given["PolicyName"]


def checked(given):
    """A policy as SES keeps it: without white space that means nothing."""
    if len(given["Policy"].encode()) > MAX_OCTETS:
        raise invalid(f"Policy length must not exceed {MAX_OCTETS}")
    try:
        policy = json.loads(given["Policy"])
    except ValueError as error:
        raise invalid("InvalidPolicy: the policy is not JSON") from error
    if not isinstance(policy, dict) or not policy.get("Statement") or not set(policy) <= POLICY_MEMBERS:
        raise invalid("InvalidPolicy: a policy has Version, Id and at least one Statement")
    for statement in listed(policy["Statement"]):
        check(statement, v2._resource_arn("identity", given["EmailIdentity"]))
    return json.dumps(policy, separators=(",", ":"))


def check(statement, identity_arn):
    if not set(statement) <= STATEMENT_MEMBERS or not {"Effect", "Principal", "Action", "Resource"} <= set(statement):
        raise invalid("InvalidPolicy: a statement has Effect, Principal, Action and Resource, and may have Sid and Condition")
    if statement["Effect"] not in ("Allow", "Deny"):
        raise invalid(f"InvalidPolicy: Invalid effect: {statement['Effect']}")
    if listed(statement["Resource"]) != [identity_arn]:
        raise invalid(f"InvalidPolicy: Resource {statement['Resource']} does not match identity {identity_arn}")
    for action in listed(statement["Action"]):
        if not ACTION.fullmatch(action):
            raise invalid(f"InvalidPolicy: Unknown action: {action}")
    for key in (key for values in statement.get("Condition", {}).values() for key in values):
        if not CONDITION_KEY.fullmatch(key):
            raise invalid(f"InvalidPolicy: Unknown or unapplicable condition field '{key}'.")
    principals = statement["Principal"]
    for principal in [principals] if isinstance(principals, str) else [one for some in principals.values() for one in listed(some)]:
        if not exists(principal):
            raise invalid(f'InvalidPolicy: Invalid principal in policy: "{principal}"')


def exists(principal):
    """Whether there is a role or user of that name. Of other accounts nobody here knows."""
    found = OF_THIS_ACCOUNT.fullmatch(principal)
    if not found or found[1] != get_account_id():
        return True
    return found[3] in (iam._roles if found[2] == "role" else iam._users)


def listed(value):
    return value if isinstance(value, list) else [value]


def invalid(message):
    return Refused("BadRequestException", message)
