/*
 * The commands that people are given, in the outputs of the stack and in each notice. They can be pasted into a shell as they are.
 */
import { ACCOUNT, type Target } from './guard-constants';

/** Where the guard is. */
export interface GuardPlace {
  readonly region: string;
  readonly functionName: string;
}

/** How the function names a target in its commands. */
export function targetPayload(target: Target): string {
  return target === ACCOUNT ? '"account":true' : `"stream":"${target}"`;
}

/** Says what the guard sees and has done. */
export function statusCommand(place: GuardPlace): string {
  return invocation(place, '{"command":"status"}');
}

/** Resumes a target, and writes down who did. */
export function resumeCommand(place: GuardPlace, target: Target): string {
  return invocation(place, `{"command":"resume",${targetPayload(target)},"by":"YOUR NAME"}`);
}

/** Tries the guard. */
export function drillCommand(place: GuardPlace, target: Target): string {
  return invocation(place, `{"command":"drill",${targetPayload(target)},"by":"YOUR NAME"}`);
}

/** Asks SES itself whether a target sends. */
export function verifyCommand({ region }: GuardPlace, target: Target): string {
  return target === ACCOUNT ?
    `aws sesv2 get-account --region ${region} --query '[SendingEnabled,EnforcementStatus]'` :
    `aws sesv2 get-configuration-set --region ${region} --configuration-set-name ${target} --query SendingOptions.SendingEnabled`;
}

/** Resumes a target without the guard, should its function be out of order. */
export function resumeBySesCommand({ region }: GuardPlace, target: Target): string {
  return target === ACCOUNT ?
    `aws sesv2 put-account-sending-attributes --region ${region} --sending-enabled` :
    `aws sesv2 put-configuration-set-sending-options --region ${region} --configuration-set-name ${target} --sending-enabled`;
}

function invocation({ region, functionName }: GuardPlace, payload: string): string {
  return `aws lambda invoke --region ${region} --function-name ${functionName} --cli-binary-format raw-in-base64-out --payload '${payload}' /dev/stdout`;
}
