/*
 * The guard's function. An alarm, through a topic, and a schedule wake it, and each time it looks at everything: what woke it is a hint and no more. People
 * invoke it with commands: {"command":"status"}, {"command":"resume","stream":"..."} and {"command":"drill","stream":"..."}; "account":true in the place of a
 * stream means the account.
 */
import type { Context } from 'aws-lambda';
import { guardOnAws } from './guard-aws.lambda-shared';
import { ACCOUNT, DRILL, GUARD_VARIABLE, type GuardSettings, PAUSED_METRIC, type Target } from './guard-constants';
import { DRILL_TIME } from './guard-decision';
import { drill, type Guard, look, resume, status } from './guard-look';
import { log } from '../private/custom-resource.lambda-shared';
import { publishMetrics } from '../private/embedded-metrics.lambda-shared';

/** As much of a name as fits into a subject and into the reason of an alarm. */
const NAME_MAX = 60;

/** What people ask for. */
interface Command {
  readonly command: string;
  readonly stream?: string;
  readonly account?: boolean;
  readonly by?: string;
}

export async function handler(event: unknown, context: Pick<Context, 'functionName'>): Promise<unknown> {
  const settings = JSON.parse(process.env[GUARD_VARIABLE]!) as GuardSettings;
  const guard = guardOnAws(settings, { region: process.env.AWS_REGION!, functionName: context.functionName });
  if (isCommand(event)) return obey(guard, event);
  log('woken', wakerOf(event));
  const { name, dimension } = PAUSED_METRIC;
  publishMetrics({ [dimension]: settings.name }, [{ metrics: { [name]: [await look(guard), 'Count'] } }], {});
  return undefined;
}

/** A refusal is an answer and no failure, which would raise an alarm. */
async function obey(guard: Guard, command: Command): Promise<object> {
  log('asked', { command: command.command, stream: command.stream, account: command.account, by: command.by });
  if (command.command === 'status') return status(guard);
  const target = targetOf(guard.settings, command);
  if (target === undefined) return { refused: `this guard has the streams ${guard.settings.streams.join(', ')}${guard.settings.account ? ' and "account":true' : ''}` };
  const by = (command.by ?? 'somebody who gave no name').slice(0, NAME_MAX);
  if (command.command === 'resume') return answer(await resume(guard, target, by), 'it sends again; people have been told');
  if (command.command === 'drill') {
    return answer(await drill(guard, target, `${DRILL} by ${by}`), 'the alarm is set: within a minute you should be told of a drill. If not, CloudWatch was quicker ' +
      `to decide again, so repeat it. It is undone about ${DRILL_TIME / 60_000} minutes from now`);
  }
  return { refused: `there is no command ${command.command}; there are status, resume and drill` };
}

function answer(refusal: string | undefined, done: string): object {
  return refusal === undefined ? { done } : { refused: refusal };
}

function targetOf({ streams, account: guarded }: GuardSettings, { stream, account }: Command): Target | undefined {
  if (account === true) return guarded && stream === undefined ? ACCOUNT : undefined;
  return streams.find(name => name === stream);
}

function isCommand(event: unknown): event is Command {
  return typeof (event as Partial<Command> | null)?.command === 'string';
}

/** What woke the guard, for the log only. */
function wakerOf(event: unknown): object {
  const { Records, source } = (event ?? {}) as { Records?: { Sns?: { Subject?: string; MessageId?: string } }[]; source?: string };
  return Records ? { alarms: Records.map(record => record.Sns?.Subject) } : { source };
}
