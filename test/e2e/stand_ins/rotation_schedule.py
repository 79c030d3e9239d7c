"""AWS::SecretsManager::RotationSchedule, which MiniStack does not provision.

It enters function and rules where its API has them (DescribeSecret). It does not rotate: of the four steps MiniStack's RotateSecret plays none.
"""

import re

from ministack.services import lambda_svc, secretsmanager
from ministack.services.cloudformation import provisioners

from .refusal import refused

RATE = re.compile(r"rate\((\d+) (hours?|days?)\)")


def create(logical_id, props, stack_name):
    put(props)
    return props["SecretId"], {}


def update(physical_id, old_props, new_props, stack_name, logical_id=None):
    put(new_props)
    return new_props["SecretId"], {}


def delete(physical_id, props):
    _, secret = secretsmanager._resolve(physical_id)
    if secret:
        secret["RotationEnabled"] = False


def put(props):
    _, secret = secretsmanager._resolve(props["SecretId"])
    if not secret:
        raise refused("NotFound", "Secrets Manager can't find the specified secret.")
    expression = props.get("RotationRules", {}).get("ScheduleExpression")
    if expression and not RATE.fullmatch(expression):
        raise refused("InvalidRequest", f"The ScheduleExpression {expression} is not valid.")
    arn = props.get("RotationLambdaARN", "")
    if not may_be_invoked(arn):
        raise refused("AccessDenied", "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal "
                                      "secretsmanager.amazonaws.com.")
    secret.update(RotationEnabled=True, RotationLambdaARN=arn)
    if expression:
        secret["RotationRules"] = {"ScheduleExpression": expression}


def may_be_invoked(arn):
    function = lambda_svc._functions.get(arn.split(":")[-1], {})
    statements = function.get("policy", {}).get("Statement", [])
    return any("secretsmanager.amazonaws.com" in str(statement.get("Principal")) for statement in statements)


def install():
    provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::RotationSchedule"] = {
        "create": create, "update": update, "update_with_logical_id": True, "delete": delete,
    }
