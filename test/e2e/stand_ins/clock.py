"""A clock that the test run can put forward, for the emulator and for handlers alike.

A drill lasts ten minutes, a guard waits an hour before it pauses an account, a message that failed is hidden for six minutes. The run waits for none of
it: it says how much time passes, and schedules, visibility timeouts and what handlers take for now follow. Nothing is made shorter.

Signatures are the exception. Handlers sign with the time of their own clock, and everybody else with the real one, so both are taken.
"""

import asyncio
import datetime
import os
import time
from pathlib import Path

from ministack.core import sigv4
from ministack.core.concurrency import esm_wake
from ministack.services import eventbridge, lambda_svc
from ministack.services.cloudformation import provisioners

from .control import door

_ahead = 0
_real = time.time
# handlers read here how far the clock was put forward
_file = Path("clock").resolve()


@door("time")
async def put_forward(seconds):
    """Time passes while nobody is at work: a handler does not take minutes over its work because the run is in a hurry."""
    global _ahead
    while lambda_svc.executions_in_flight()[0] or lambda_svc._esm_inflight:
        await asyncio.sleep(0.05)
    _ahead += seconds
    write()
    esm_wake.set()
    return {"ahead": _ahead}


def write():
    new = _file.with_suffix(".new")
    new.write_text(str(_ahead * 1000))
    os.replace(new, _file)


def create_rule(logical_id, props, stack_name):
    """A schedule counts from when its rule was made, which MiniStack forgets."""
    name, attributes = _create_rule(logical_id, props, stack_name)
    rule = next(rule for rule in eventbridge._rules.values() if rule["Arn"] == attributes["Arn"])
    rule["CreationTime"] = time.time()
    return name, attributes


def install():
    global _create_rule
    _create_rule = provisioners._eb_rule_create
    provisioners._RESOURCE_HANDLERS["AWS::Events::Rule"]["create"] = create_rule
    write()
    # how often schedules are looked at, in real seconds
    eventbridge._SCHEDULER_TICK_INTERVAL = 0.5
    time.time = lambda: _real() + _ahead
    os.environ["E2E_CLOCK"] = str(_file)
    os.environ["NODE_OPTIONS"] = f'--require "{Path(__file__).with_name("clock.cjs")}"'
    failure_of = sigv4.request_time_failure

    def failure(signature):
        now = datetime.datetime.now(datetime.timezone.utc)
        return failure_of(signature, now=now) and failure_of(signature, now=now + datetime.timedelta(seconds=_ahead))

    sigv4.request_time_failure = failure
