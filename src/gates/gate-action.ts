import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LambdaInvocationType } from 'aws-cdk-lib/aws-ses-actions';
import type { Construct } from 'constructs';
import type { SendBounceOptions } from './dmarc-measure';
import { GATE_VARIABLE, type GateSettings } from './gate-constants';
import { GateFunction } from './gate-function';
import { Deliver, MailAction, type MailActionConfig, type MailRuleReference } from '../actions';
import { bounceSenderOf } from '../actions/bounce-delivery';
import { fail } from '../private/errors';
import { mailFunction, SETTINGS_BYTES_MAX } from '../private/mail-function';

/** Well below the 30 seconds for which SES waits. A gate that sends bounces has time for a second try, as SES takes one such call a second. */
const TIMEOUT = Duration.seconds(20);

const DMARC_EXPLANATION = 'The domain in the From header asks to reject mail that fails its DMARC policy, and this message fails it.';

/** What a gate is made of. */
export interface GateActionProps extends Omit<GateSettings, 'rule' | 'bounce'> {
  readonly bounce?: SendBounceOptions;
  readonly logRetention?: RetentionDays;
}

/**
 * Asks a function what becomes of the message. Each gate has a function of its own: SES does not tell a function which rule it is called for, and so
 * only a gate that bounces may bounce.
 */
export class GateAction extends MailAction {
  public constructor(private readonly props: GateActionProps) {
    super();
  }

  public bind(scope: Construct, rule: MailRuleReference): MailActionConfig {
    const { bounce, logRetention, outcomes, otherwise, onFailure } = this.props;
    const sender = bounce && bounceSenderOf(scope, bounce);
    const settings: GateSettings = {
      rule: rule.ruleName,
      outcomes,
      otherwise,
      onFailure,
      bounce: sender === undefined ? undefined : { sender, explanation: bounce?.explanation ?? DMARC_EXPLANATION },
    };
    const text = JSON.stringify(settings);
    if (Buffer.byteLength(text) > SETTINGS_BYTES_MAX) {
      fail('Gate.tooLarge', `what the gate looks for has ${Buffer.byteLength(text)} bytes, and the environment of a function has room for ${SETTINGS_BYTES_MAX}; ` +
        'make several gates', scope);
    }
    const gate = mailFunction(scope, GateFunction, {
      timeout: TIMEOUT,
      memorySize: 256,
      environment: { [GATE_VARIABLE]: text },
      logRetention,
      failures: 'SES waits for the answer, and tries again for 36 hours when there is none.',
      concurrency: 'SES calls it for each message that arrives; a reservation would hold mail up.',
      logged: 'The log has ids of messages and what was decided, no addresses; CloudWatch Logs encrypts it with a key of its own.',
    });
    if (bounce) bounce.identity.grantSendBounce(gate, [sender!]);
    return Deliver.toFunction(gate, { invocation: LambdaInvocationType.REQUEST_RESPONSE }).bind(scope, rule);
  }
}
