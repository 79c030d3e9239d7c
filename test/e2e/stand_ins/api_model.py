"""Input of an AWS call, checked against the API's own model: what is required, what kind it is, which words there are, how long it may be."""

import functools
import re

from botocore.loaders import Loader
from botocore.model import ServiceModel

KINDS = {
    "string": str, "character": str, "timestamp": (int, float, str), "blob": str, "boolean": bool, "integer": int, "long": int,
    "float": (int, float), "double": (int, float), "list": list, "map": dict, "structure": dict,
}


@functools.cache
def service(name):
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def faults(shape, value, name):
    """What AWS would say is wrong with a value, nothing when it takes it. Members that the model does not know are ignored, as AWS does."""
    if not isinstance(value, KINDS[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield f"Value at '{name}' is no {shape.type_name}"
    elif shape.type_name == "structure":
        for member in shape.required_members:
            if value.get(member) is None:
                yield f"Value null at '{path(name, member)}' failed to satisfy constraint: Member must not be null"
        for member, inner in shape.members.items():
            if value.get(member) is not None:
                yield from faults(inner, value[member], path(name, member))
    elif shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from faults(shape.member, item, f"{name}.{number}.member")
        yield from constraints(shape, value, name)
    else:
        yield from constraints(shape, value, name)


def constraints(shape, value, name):
    shown = "" if shape.metadata.get("sensitive") else f" '{value}'"
    said = f"Value{shown} at '{name}' failed to satisfy constraint: Member must"
    if getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{said} satisfy enum value set: [{', '.join(shape.enum)}]"
    bounds, size, what = shape.metadata, len(value) if isinstance(value, (str, list)) else value, "length" if isinstance(value, (str, list)) else "value"
    if bounds.get("min") is not None and size < bounds["min"]:
        yield f"{said} have {what} greater than or equal to {bounds['min']}"
    if bounds.get("max") is not None and size > bounds["max"]:
        yield f"{said} have {what} less than or equal to {bounds['max']}"
    if bounds.get("pattern") and not re.fullmatch(bounds["pattern"], value):
        yield f"{said} satisfy regular expression pattern: {bounds['pattern']}"


def path(name, member):
    small = member[0].lower() + member[1:]
    return f"{name}.{small}" if name else small


def summary(found):
    """The words of AWS around what is wrong, None when nothing is."""
    found = list(found)
    return f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: {'; '.join(found)}" if found else None
