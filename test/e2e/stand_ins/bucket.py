"""The key of an AWS::S3::Bucket that encrypts with one, which MiniStack forgets: SES needs it when it writes to the bucket, and whoever reads an object needs it, too."""

from ministack.core import iam_evaluator as iam
from ministack.services import kms, s3
from ministack.services.cloudformation import provisioners

from .admission import caller_may

MANAGED = "alias/aws/s3"
_keys = {}


def key_of(bucket):
    """The key with which a bucket encrypts, None when it needs none."""
    return _keys.get(bucket)


def create(logical_id, props, stack_name):
    name, attributes = _create(logical_id, props, stack_name)
    remember(name, props)
    return name, attributes


def update(physical_id, old_props, new_props, stack_name):
    name, attributes = _update(physical_id, old_props, new_props, stack_name)
    remember(name, new_props)
    return name, attributes


def remember(name, props):
    rules = (props.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration") or [{}]
    default = rules[0].get("ServerSideEncryptionByDefault") or {}
    _keys[name] = default.get("KMSMasterKeyID", MANAGED) if default.get("SSEAlgorithm", "").startswith("aws:kms") else None


def read(bucket, name, headers, query=None):
    key = kms._resolve_key(_keys.get(bucket))
    if key and not caller_may(key.get("Policy"), "kms:Decrypt", key["Arn"]):
        return s3._error("AccessDenied", f"User: {iam.caller_arn()} is not authorized to perform: kms:Decrypt on resource: {key['Arn']}", 403)
    return _read(bucket, name, headers, query)


def install():
    global _create, _update, _read
    _create, _update, _read = provisioners._s3_create, provisioners._s3_update, s3._get_object
    s3._get_object = read
    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"].update(create=create, update=update)
