"""Import jobs for the suppression list, which MiniStack lacks. A job reads its file from S3 as ses.amazonaws.com and changes the list of suppression.py.

MiniStack asks IAM about `*` when somebody looks at a job, AWS about the job. For imports SES gives the account as aws:Referer, and neither aws:SourceAccount nor aws:SourceArn. The first job is seen at work before it has ended.
"""

import json
import re
import time

from ministack.core import iam_actions, iam_evaluator as iam
from ministack.core.responses import AccountRegionScopedDict, get_account_id, new_uuid
from ministack.services import kms, s3

from .admission import asked
from .bucket import key_of
from .sending import account
from .ses_operation import operation, Refused
from .suppression import ADDRESS, addresses

SES = "ses.amazonaws.com"
URL = re.compile(r"s3://([^/]+)/(.+)")
ROWS_MAX = {"PUT": 100_000, "DELETE": 10_000}
REASONS = ("BOUNCE", "COMPLAINT")
JOB_PATH = re.compile(r"/v2/email/import-jobs/([^/]+)/?")
_jobs = AccountRegionScopedDict()


@operation("CreateImportJob")
async def create(given, otherwise):
    # MiniStack's accounts are out of the sandbox, unless the run puts them in
    if not account().get("ProductionAccessEnabled", True):
        raise Refused("BadRequestException", "Your account is in the sandbox.")
    source, target = given["ImportDataSource"], given["ImportDestination"].get("SuppressionListDestination")
    if not URL.fullmatch(source["S3Url"]):
        raise Refused("BadRequestException", f"Invalid S3 URL: {source['S3Url']}")
    if target is None or source["DataFormat"] != "JSON":
        raise Refused("BadRequestException", "The stand-in imports newline-delimited JSON into the suppression list.")
    job_id = new_uuid()
    _jobs[job_id] = {
        "looks": 0 if _jobs else 1, "outcome": run(target["SuppressionListImportAction"], source["S3Url"]),
        "told": {"JobId": job_id, "ImportDestination": given["ImportDestination"], "CreatedTimestamp": time.time()}, "source": source,
    }
    return {"JobId": job_id}


@operation("GetImportJob")
async def get(given, otherwise):
    job = _jobs.get(given["JobId"])
    if job is None:
        raise Refused("NotFoundException", f"Job {given['JobId']} does not exist.", 404)
    job["looks"] -= 1
    ended = {"JobStatus": "PROCESSING"} if job["looks"] >= 0 else {**job["outcome"], "CompletedTimestamp": time.time()}
    return {**job["told"], "ImportDataSource": job["source"], **ended}


@operation("ListImportJobs")
async def list_all(given, otherwise):
    # where the file of a job is, SES does not tell here
    return {"ImportJobs": [{**job["told"], "JobStatus": job["outcome"]["JobStatus"]} for job in _jobs.values()]}


def run(action, url):
    bucket, key = URL.fullmatch(url).groups()
    rows = [json.loads(line) for line in (read(bucket, key) or b"").splitlines()]
    if not rows or len(rows) > ROWS_MAX[action]:
        why = f"{len(rows)} records; up to {ROWS_MAX[action]} are imported." if rows else f"Could not read {url}."
        return {"JobStatus": "FAILED", "ProcessedRecordsCount": 0, "FailedRecordsCount": 0, "FailureInfo": {"ErrorMessage": why}}
    taken = sum(change(action, row) for row in rows)
    return {"JobStatus": "COMPLETED", "ProcessedRecordsCount": len(rows), "FailedRecordsCount": len(rows) - taken}


def change(action, row):
    address, reason = row.get("emailAddress", ""), row.get("reason")
    if not ADDRESS.fullmatch(address) or action == "PUT" and reason not in REASONS:
        return False
    if action == "DELETE":
        addresses().pop(address, None)
    else:
        addresses()[address] = {"EmailAddress": address, "Reason": reason, "LastUpdateTime": time.time()}
    return True


def read(bucket, key):
    """What SES can read; None if it may not, or if there is nothing."""
    encryption = kms._resolve_key(key_of(bucket)) if key_of(bucket) else None
    if not may(s3._bucket_policies.get(bucket), "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"):
        return None
    if key_of(bucket) and not (encryption and may(encryption.get("Policy"), "kms:Decrypt", encryption["Arn"])):
        return None
    return s3._get_object_data(bucket, key)


def may(policy, action, resource):
    context = asked(SES, "AWSService", action, resource, {"aws:referer": get_account_id()})
    return iam.evaluate_resource_policy(policy, context, service=SES).decision == "Allow"


def resource_of(method, path, body, region, account_id):
    job = JOB_PATH.fullmatch(path) if method == "GET" else None
    return f"arn:aws:ses:{region}:{account_id}:import-job/{job[1]}" if job else _resource_of(method, path, body, region, account_id)


def install():
    global _resource_of
    _resource_of = iam_actions._ses_v2_resource_arn
    iam_actions._ses_v2_resource_arn = resource_of
