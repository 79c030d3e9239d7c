/*
 * Sends to addresses of the mailbox simulator that bounce and complain. Whether that is heard of is another's to tell.
 */
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { FeedbackCanaryEvent } from './monitor-constants';
import { log } from '../private/custom-resource.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';
import { MailboxSimulator } from '../ses/mailbox-simulator';

const ses = new SESv2Client(PATIENT);

export async function handler({ configurationSet, sender }: FeedbackCanaryEvent): Promise<void> {
  const label = `canary-${Date.now().toString(36)}`;
  // one message each: recipients that bounce together give one answer
  for (const recipient of [MailboxSimulator.bounce(label), MailboxSimulator.complaint(label)]) {
    const { MessageId: messageId } = await ses.send(new SendEmailCommand({
      ConfigurationSetName: configurationSet,
      FromEmailAddress: sender,
      Destination: { ToAddresses: [recipient] },
      Content: { Simple: { Subject: { Data: 'Canary' }, Body: { Text: { Data: 'This message shows whether bounces and complaints are heard of.' } } } },
    }));
    log('sent', { recipient, messageId });
  }
}
