"""The suppression list of an account, which MiniStack does not keep. Tenants have none here.

SES takes about one change a second, which a test run has no time for. Here every so manieth change is refused for that reason, if the run asks for it.
"""

import itertools
import re
import time

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import ses_v2 as v2

from .control import door
from .ses_operation import operation, Refused

ADDRESS = re.compile(r"[\x21-\x7e]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
PAGE_MAX = 1000
_lists = AccountRegionScopedDict()
_calls = itertools.count(1)
_throttled_every = 0


def addresses():
    return _lists.setdefault("account", {})


@door("throttling")
async def throttle(every):
    global _throttled_every
    _throttled_every = every
    return {}


@operation("PutSuppressedDestination")
async def put(given, otherwise):
    if _throttled_every and next(_calls) % _throttled_every == 0:
        raise Refused("TooManyRequestsException", "Too many requests.", 429)
    address = of_account(given)["EmailAddress"]
    if not ADDRESS.fullmatch(address):
        raise Refused("BadRequestException", f"Invalid email address <{address}>.")
    addresses()[address] = {"EmailAddress": address, "Reason": given["Reason"], "LastUpdateTime": time.time()}
    return {}


@operation("GetSuppressedDestination")
async def get(given, otherwise):
    return {"SuppressedDestination": known(given)}


@operation("DeleteSuppressedDestination")
async def delete(given, otherwise):
    addresses().pop(known(given)["EmailAddress"])
    return {}


@operation("ListSuppressedDestinations")
async def list_all(given, otherwise):
    of_account(given)
    reasons = given.get("Reasons")
    found = [entry for entry in addresses().values() if not reasons or entry["Reason"] in reasons]
    paging = {name: [str(given[name])] for name in ("PageSize", "NextToken") if name in given}
    page, next_token, error = v2._paginate(found, paging, PAGE_MAX, maximum=PAGE_MAX)
    return error or {"SuppressedDestinationSummaries": page, **({"NextToken": next_token} if next_token else {})}


def known(given):
    entry = addresses().get(of_account(given)["EmailAddress"])
    if entry is None:
        raise Refused("NotFoundException", f"Email address {given['EmailAddress']} does not exist on your suppression list.", 404)
    return entry


def of_account(given):
    if given.get("TenantName"):
        raise Refused("NotFoundException", f"Tenant {given['TenantName']} does not exist.", 404)
    return given
