"""Whether SES can do what the actions of a receipt rule say, tried out at the moment when the rule is made or changed, as SES does.

It writes an object of its own into each bucket. The topic, the function, the bucket, the role and the keys have to let ses.amazonaws.com in on behalf of this very
rule; a permission that comes later is too late.
"""

import re

from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, kms, lambda_svc, s3, sns

from .admission import role_may, service_may
from .bucket import key_of
from .configuration_set import verified, with_parents
from .query_operation import Refused

SES = "ses.amazonaws.com"
SETUP = "AMAZON_SES_SETUP_NOTIFICATION"
HEADER_NAME = re.compile(r"[\x21-\x39\x3b-\x7e]+")
REPLY_CODE = re.compile(r"[245]\d\d")
STATUS_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def try_out(set_name, rule_name, action):
    kind, details = next(iter(action.items()))
    rule = f"arn:aws:ses:{get_region()}:{get_account_id()}:receipt-rule-set/{set_name}:receipt-rule/{rule_name}"
    role = details.get("IamRoleArn") or details.get("IAMRoleARN")
    if role and not trusted(role, rule):
        raise Refused("InvalidParameterValue", f"Could not assume the role: {role}")
    if details.get("TopicArn"):
        publish(details["TopicArn"], rule)
    if kind == "S3Action":
        write(details, rule, role)
    elif kind == "LambdaAction":
        invoke(details["FunctionArn"], rule)
    elif kind == "BounceAction":
        bounce(details)
    elif kind == "AddHeaderAction":
        add_header(details)


def trusted(role_arn, rule):
    role = next((role for role in iam._roles.values() if role["Arn"] == role_arn), None)
    return role is not None and service_may(SES, role["AssumeRolePolicyDocument"], "sts:AssumeRole", role_arn, rule)


def publish(arn, rule):
    if not re.match(r"arn:[^:]+:sns:", arn):
        raise Refused("InvalidSnsTopic", f"Invalid SNS topic: {arn}")
    topic = sns._topics.get(arn)
    key_id = topic and topic["attributes"].get("KmsMasterKeyId")
    if topic is None or arn.endswith(".fifo") or not service_may(SES, topic["attributes"].get("Policy"), "sns:Publish", arn, rule) or (
            key_id and not uses(key_id, rule, "kms:GenerateDataKey", "kms:Decrypt")):
        raise Refused("InvalidSnsTopic", f"Could not publish to SNS topic: {arn}")


def write(details, rule, role):
    bucket, prefix = details["BucketName"], details.get("ObjectKeyPrefix", "")
    if bucket not in s3._buckets:
        raise Refused("InvalidS3Configuration", f"No such bucket: {bucket}")
    resource = f"arn:aws:s3:::{bucket}/{prefix}{SETUP}"
    allowed = role_may(role, "s3:PutObject", resource) if role else service_may(SES, s3._bucket_policies.get(bucket), "s3:PutObject", resource, rule)
    if not allowed or (key_of(bucket) and not may_use(role, key_of(bucket), rule, "kms:GenerateDataKey*", "kms:Decrypt")):
        raise Refused("InvalidS3Configuration", f"Could not write to bucket: {bucket}")
    key_id = details.get("KmsKeyArn")
    if key_id and not key_id.endswith(":alias/aws/ses") and not may_use(role, key_id, rule, "kms:GenerateDataKey*"):
        raise Refused("InvalidS3Configuration", f"Could not use KMS key: {key_id}")
    s3._put_object(bucket, f"{prefix}{SETUP}", b"You are receiving this because your Amazon SES receipt rule is set up to write here.\r\n", {})


def invoke(arn, rule):
    if not re.match(r"arn:[^:]+:lambda:", arn):
        raise Refused("InvalidLambdaFunction", f"Invalid Lambda function: {arn}")
    function, _, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function or not service_may(SES, function["policy"], "lambda:InvokeFunction", arn, rule):
        raise Refused("InvalidLambdaFunction", f"Could not invoke Lambda function: {arn}")


def bounce(details):
    if not REPLY_CODE.fullmatch(details["SmtpReplyCode"]):
        raise Refused("InvalidParameterValue", f"Invalid SMTP reply code: {details['SmtpReplyCode']}")
    if "StatusCode" in details and not STATUS_CODE.fullmatch(details["StatusCode"]):
        raise Refused("InvalidParameterValue", f"Invalid SMTP status code: {details['StatusCode']}")
    check_sender(details["Sender"], "InvalidParameterValue", "Identity is not verified: {}")


def check_sender(address, code, words):
    if not any(verified(name) for name in (address, *with_parents(address.split("@")[-1]))):
        raise Refused(code, words.format(address))


def add_header(details):
    if not HEADER_NAME.fullmatch(details["HeaderName"]):
        raise Refused("InvalidParameterValue", f"Invalid header name: {details['HeaderName']}")
    if re.search(r"[\r\n]", details["HeaderValue"]):
        raise Refused("InvalidParameterValue", f"Invalid header value: {details['HeaderValue']}")


def may_use(role, key_id, rule, *actions):
    """With a role, SES uses a key as that role; without, as itself."""
    key = kms._resolve_key(key_id)
    return all(role_may(role, action, key["Arn"]) for action in actions) if role and key else uses(key_id, rule, *actions)


def uses(key_id, rule, *actions):
    key = None if "alias/aws/" in key_id else kms._resolve_key(key_id)
    return key is not None and key["KeyState"] == "Enabled" and all(
        service_may(SES, key.get("Policy"), action, key["Arn"], rule) for action in actions)
