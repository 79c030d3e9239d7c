"""A door for the test run, through which happens what nobody in the account can bring about: time passes, AWS pauses an account, SES has news.

The run posts JSON to /_e2e/NAME. Nothing that is deployed knows of it, and no AWS call has such a path.
"""

import json

from ministack import app

PREFIX = "/_e2e/"
_doors = {}


def door(name):
    def register(function):
        _doors[name] = function
        return function

    return register


def install():
    otherwise = app._handle_admin_config_request

    async def answer(path, method, body):
        if method != "POST" or not path.startswith(PREFIX):
            return await otherwise(path, method, body)
        said = await _doors[path[len(PREFIX):]](**json.loads(body))
        return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()

    app._handle_admin_config_request = answer
