"""Dedicated IP addresses and the pools that they are in. MiniStack has none.

AWS leases addresses in a support case, so the test run brings that about; they begin in the default pool. Into which pool one goes is a question to the policy
about that pool, of which MiniStack knows nothing.
"""

import json
import re

from ministack.core import iam_actions
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import ses_v2 as v2

from .control import door
from .ses_operation import operation, Refused

DEFAULT_POOL = "ses-default-dedicated-pool"
PAGE_MAX = 100
MOVE = re.compile(r"/v2/email/dedicated-ips/[^/]+/pool/?")
_pools_of = AccountRegionScopedDict()


@door("leased")
async def lease(ips):
    for ip in ips:
        _pools_of[ip] = DEFAULT_POOL
    return {}


@operation("GetDedicatedIp")
async def get(given, otherwise):
    return {"DedicatedIp": described(known(given["Ip"]))}


@operation("GetDedicatedIps")
async def list_all(given, otherwise):
    pool = given.get("PoolName")
    if pool is not None:
        known_pool(pool)
    found = [described(ip) for ip in sorted(_pools_of) if pool in (None, _pools_of[ip])]
    paging = {name: [str(given[name])] for name in ("PageSize", "NextToken") if name in given}
    page, next_token, error = v2._paginate(found, paging, PAGE_MAX, maximum=PAGE_MAX)
    return error or {"DedicatedIps": page, **({"NextToken": next_token} if next_token else {})}


@operation("PutDedicatedIpInPool")
async def move(given, otherwise):
    ip, pool = known(given["Ip"]), known_pool(given["DestinationPoolName"])
    if pool.get("ScalingMode") == "MANAGED":
        raise Refused("BadRequestException", f"The pool {pool['PoolName']} is managed, and its addresses cannot be changed.")
    _pools_of[ip] = pool["PoolName"]
    return {}


@operation("DeleteDedicatedIpPool")
async def delete_pool(given, otherwise):
    if has_addresses(given["PoolName"]):
        raise Refused("BadRequestException", not_empty(given["PoolName"]))
    return await otherwise()


def has_addresses(pool):
    return pool in _pools_of.values()


def not_empty(pool):
    return f"The pool {pool} is not empty."


def described(ip):
    return {"Ip": ip, "WarmupStatus": "DONE", "WarmupPercentage": 100, "PoolName": _pools_of[ip]}


def known(ip):
    if ip not in _pools_of:
        raise Refused("NotFoundException", f"The dedicated IP {ip} does not exist.", 404)
    return ip


def known_pool(name):
    pool = {"PoolName": name} if name == DEFAULT_POOL else v2._dedicated_ip_pools.get(name)
    if pool is None:
        raise Refused("NotFoundException", f"The requested pool {name} does not exist.", 404)
    return pool


def resource_of(service, method, path, headers, body, query, region, account_id):
    if service == "ses" and method == "PUT" and MOVE.fullmatch(path):
        return v2._resource_arn("dedicated-ip-pool", json.loads(body or b"{}").get("DestinationPoolName", ""))
    return _resource_of(service, method, path, headers, body, query, region, account_id)


def install():
    global _resource_of
    _resource_of, iam_actions.extract_resource_arn = iam_actions.extract_resource_arn, resource_of
