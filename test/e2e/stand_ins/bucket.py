"""The key of an AWS::S3::Bucket that encrypts with one, which MiniStack forgets: SES needs the key of a bucket that it writes to."""

from ministack.services.cloudformation import provisioners

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


def install():
    global _create, _update
    _create, _update = provisioners._s3_create, provisioners._s3_update
    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"].update(create=create, update=update)
