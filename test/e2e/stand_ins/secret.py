"""AWS::SecretsManager::Secret whose Ref is its ARN, and which is empty when the template gives it no value.

MiniStack's Ref is the name, which in the policy of a function stands for no secret, and it stores an empty text as the first version.
"""

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners


def create(logical_id, props, stack_name):
    name, attributes = _create(logical_id, props, stack_name)
    if not props.get("SecretString") and not props.get("GenerateSecretString"):
        secretsmanager._secrets[name]["Versions"].clear()
    return attributes["Arn"], attributes


def update(physical_id, old_props, new_props, stack_name, logical_id=None):
    _, attributes = _update(name_of(physical_id), old_props, new_props, stack_name, logical_id)
    return attributes["Arn"], attributes


def delete(physical_id, props):
    _delete(name_of(physical_id), props)


def name_of(arn):
    name, _ = secretsmanager._resolve(arn)
    return name


def install():
    global _create, _update, _delete
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    _create, _update, _delete = handlers["create"], handlers["update"], handlers["delete"]
    handlers.update(create=create, update=update, delete=delete)
