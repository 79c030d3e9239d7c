"""What is secret in the emulator, and whether it got out.

Every key and secret that anybody makes is remembered, also when it is deleted, and so is what is written for people to read: lines of logs, events that
functions get, answers of custom resources. `leaks` looks for the secrets in all of that, in what CloudFormation tells of stacks, and in the files of folders.
Nothing is refused here.
"""

import base64
import json
import re
from pathlib import Path

from ministack.services import cloudformation, cloudwatch_logs, iam, lambda_svc, secretsmanager, sts
from ministack.services.cloudformation import custom_resource

from .control import door

# the members of a secret which has several, and of which some may be seen
SECRET_MEMBERS = re.compile(r"password|private|secret", re.IGNORECASE)
# nothing shorter is a key, and it would be found by chance
SHORTEST = 16
# a part of a key is a leak too
PART = slice(48, 96)

_secrets = {}
_written = []


def remember(what, text):
    """A secret that is JSON has members, of which those with telling names are kept; any other is secret as a whole."""
    try:
        members = list(members_of(json.loads(text)))
    except ValueError:
        members = [text]
    for member in members:
        plain = squeezed(member)
        if len(plain) >= SHORTEST:
            _secrets[plain] = what


def members_of(value, name=""):
    if isinstance(value, dict):
        for key, member in value.items():
            yield from members_of(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from members_of(member, name)
    elif isinstance(value, str) and SECRET_MEMBERS.search(name):
        yield value


def squeezed(text):
    """Without what changes when a text is wrapped, quoted or indented."""
    return re.sub(r"\s|\\+n", "", text)


def spellings(secret):
    """As it is, a part of it, and in base64 at each of the three places that it can have in a text."""
    yield secret
    if len(secret) > PART.stop:
        yield secret[PART]
    for shift in range(3):
        # what its neighbours have a share in is cut off
        yield base64.b64encode(b"\0" * shift + secret.encode()).decode().rstrip("=")[4:-4]


def in_emulator():
    for kind, text in _written:
        yield kind, text
    # of all accounts and Regions
    for stack in list(cloudformation._stacks._data.values()):
        told = {key: stack.get(key) for key in ("_template", "Outputs", "Parameters", "StackStatusReason")}
        yield f"stack {stack.get('StackName')}", json.dumps(told, default=str)
    for events in list(cloudformation._stack_events._data.values()):
        yield "stack event", json.dumps(events, default=str)


def in_folders(folders):
    for folder in folders:
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield f"file {file.relative_to(folder)}", file.read_text(errors="replace")


@door("leaks")
async def leaks(folders):
    wanted = [(spelling, what) for secret, what in _secrets.items() for spelling in spellings(secret)]
    found, places = set(), {}
    for where, text in [*in_emulator(), *in_folders(folders)]:
        kind = where.split(" ")[0]
        places[kind] = places.get(kind, 0) + 1
        plain = squeezed(text)
        found.update(f"{what} in {where}" for spelling, what in wanted if spelling in plain)
    return {"secrets": len(_secrets), "places": places, "leaks": sorted(found)}


def install():
    after(iam, "_create_access_key", lambda _, p: [remember("an access key", key["SecretAccessKey"]) for key in iam._access_keys.values()])
    iam._IAM_HANDLERS["CreateAccessKey"] = iam._create_access_key
    after(sts, "register_session", lambda _, key, session: remember("a key of a session", session["SecretAccessKey"]))
    for call in ("_create_secret", "_put_secret_value", "_update_secret"):
        after(secretsmanager, call, lambda _, data: remember("a secret", data.get("SecretString") or ""))
    after(secretsmanager, "_store_new_secret", lambda _, name, secret_string=None, **more: remember("a secret", secret_string or ""))
    after(cloudwatch_logs, "_append_log_events", lambda _, stream, events: _written.extend(("log line", event["message"]) for event in events))
    after(lambda_svc, "_execute_function_with_config_scope", lambda _, record, event, *more: _written.append(("function event", json.dumps(event, default=str))))
    after(custom_resource, "deliver_response", lambda _, token, answer: _written.append(("answer of a custom resource", json.dumps(answer))))


def after(module, name, look):
    otherwise = getattr(module, name)

    def call(*args, **named):
        answer = otherwise(*args, **named)
        look(answer, *args, **named)
        return answer

    setattr(module, name, call)
