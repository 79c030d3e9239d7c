"""Calls of SES v1 that stand-ins answer in the place of MiniStack: forms in, XML out. Their input is checked against the model of the API before."""

from urllib.parse import parse_qs

from ministack.services import ses

from . import api_model

_operations = {}


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def operation(name):
    """Answers calls of an operation: the function gets the input by the names of the model, and returns the output."""

    def register(function):
        _operations[name] = function
        return function

    return register


def checked(name, given):
    """An input as the model has it, texts turned into what they stand for, or Refused."""
    shape = api_model.service("ses").operation_model(name).input_shape
    given = typed(shape, given)
    wrong = api_model.summary(api_model.faults(shape, given, ""))
    if wrong:
        raise Refused("ValidationError", wrong)
    return given


def typed(shape, value):
    """CloudFormation and forms write everything as texts."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: typed(shape.members[name], inner) if name in shape.members else inner for name, inner in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [typed(shape.member, item) for item in value]
    return value == "true" if shape.type_name == "boolean" and value in ("true", "false") else value


def read(shape, form, key):
    """What a form says of a member, None when it says nothing."""
    if shape.type_name == "structure":
        members = {name: read(inner, form, f"{key}.{name}".lstrip(".")) for name, inner in shape.members.items()}
        return {name: value for name, value in members.items() if value is not None} or None
    if shape.type_name == "list":
        items = []
        while (item := read(shape.member, form, f"{key}.member.{len(items) + 1}")) is not None:
            items.append(item)
        return items or ([] if key in form else None)
    return form[key][0] if key in form else None


def install():
    otherwise = ses.handle_request

    async def answer(method, path, headers, body, query):
        form = {} if path.startswith("/v2/") else parse_qs((body or b"").decode(), keep_blank_values=True)
        name = form.get("Action", [""])[0]
        if name not in _operations:
            return await otherwise(method, path, headers, body, query)
        try:
            shape = api_model.service("ses").operation_model(name).input_shape
            answered = _operations[name](checked(name, read(shape, form, "") or {}))
            return answered if isinstance(answered, tuple) else ses._receipt_result(name, answered or {})
        except Refused as refused:
            return ses._receipt_error(refused.code, refused.message)

    ses.handle_request = answer
