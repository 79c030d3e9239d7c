import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { IMailIdentity, MailIdentity } from '../identity';
import { finding } from '../private/finding';
import { isSilent } from '../private/silent-alarm';

/** What the findings about a forwarder look at. */
interface Forwarder {
  readonly identity: IMailIdentity;
  readonly configurationSet?: IConfigurationSet;
}

/**
 * Reports what deploys, but surprises. Asked when the tree is complete.
 */
export function reportForwarder(scope: Construct, { identity, configurationSet }: Forwarder, deadLetters: cloudwatch.Alarm): void {
  scope.node.addValidation({
    validate: () => {
      if (isSilent(deadLetters)) {
        finding(scope, 'MailForwarder.silentAlarm', 'the alarm of the forwarder has no action, so nobody learns of mail that could not be sent on; give it `notify`, or an alarmAction');
      }
      if (!configurationSet && !(identity as Partial<MailIdentity>).defaultConfigurationSet) {
        finding(scope, 'MailForwarder.unwatched', 'forwarded mail goes through no configuration set, so its bounces are those of the account, told to nobody and stopped by nothing; ' +
          'give it a configurationSet, best a MailStream of its own');
      }
      return [];
    },
  });
}
