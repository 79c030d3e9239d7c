"""Calls of SES v2 that stand-ins answer in the place of MiniStack. Their input is checked against the model of the API before."""

import json
import re
from urllib.parse import unquote

from ministack.core.responses import json_response
from ministack.services import ses_v2 as v2

from . import api_model

_operations = []


class Refused(Exception):
    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.answer = v2._json_err(code, message, status)


def operation(name):
    """Answers calls of an operation: the function gets the input by the names of the model, and a way to MiniStack's own answer."""

    def register(function):
        model = api_model.service("sesv2").operation_model(name)
        uri = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(model.http["requestUri"]))
        _operations.append((model, re.compile(f"{uri}/?"), function))
        return function

    return register


def input_of(model, found, body, query):
    given = json.loads(body or b"{}")
    for name, shape in model.input_shape.members.items():
        location, written = shape.serialization.get("location"), shape.serialization.get("name", name)
        if location == "uri":
            given[name] = unquote(found[written])
        values = query.get(written) if location == "querystring" else None
        if values:
            number = int if shape.type_name == "integer" else str
            given[name] = values if shape.type_name == "list" else number(values[0])
    return given


def install():
    otherwise = v2.handle_request

    async def answer(method, path, headers, body, query):
        for model, uri, function in _operations:
            found = uri.fullmatch(path)
            if not found or model.http["method"] != method:
                continue
            try:
                given = input_of(model, found, body, query)
                wrong = api_model.summary(api_model.faults(model.input_shape, given, ""))
                if wrong:
                    raise Refused("BadRequestException", wrong)
                answered = await function(given, lambda: otherwise(method, path, headers, body, query))
                return answered if isinstance(answered, tuple) else json_response(answered)
            except Refused as refused:
                return refused.answer
        return await otherwise(method, path, headers, body, query)

    v2.handle_request = answer
