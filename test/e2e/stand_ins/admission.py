"""Whether policies let somebody in: MiniStack's own evaluator, asked on behalf of a service, of a role, or of whoever made the request."""

from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id, get_region


def service_may(service, policy, action, resource, source_arn, **more):
    """Whether a resource policy, or the trust policy of a role, lets a service in on behalf of something of this account."""
    keys = {"aws:sourceaccount": get_account_id(), "aws:sourcearn": source_arn, **more}
    return iam.evaluate_resource_policy(policy, asked(service, "AWSService", action, resource, keys), service=service).decision == "Allow"


def role_may(role_arn, action, resource):
    """Whether the policies of a role, inline or attached, allow an action."""
    policies = iam._gather_role_policies(role_arn.split("/")[-1], get_account_id())
    return iam.evaluate(asked(role_arn, "AssumedRole", action, resource), policies).decision == "Allow"


def caller_may(policy, action, resource):
    """Whether whoever made the request may do something with a resource that has to agree by its own policy, such as a key."""
    caller = iam.caller_arn()
    if caller.endswith(":root"):
        return True
    context = asked(caller, "AssumedRole", action, resource)
    own = iam.evaluate(context, iam._gather_role_policies(iam._role_name_from_assumed_arn(caller), get_account_id()))
    return iam.combine_resource_policy(own, context, policy, get_account_id(), required=True).decision == "Allow"


def asked(principal, kind, action, resource, keys=None):
    return iam.EvalContext(
        principal_arn=principal, principal_type=kind, principal_account=get_account_id(), action=action, resource_arn=resource, region=get_region(),
        secure_transport=True, service_context=keys or {})
