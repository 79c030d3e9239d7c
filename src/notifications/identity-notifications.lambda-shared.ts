/*
 * Changes the notifications of an identity. Topics and headers are known to the first version of the API only. What the second one knows too, is asked there: it can be
 * allowed for one identity.
 */
import { SESClient, SetIdentityHeadersInNotificationsEnabledCommand, SetIdentityNotificationTopicCommand } from '@aws-sdk/client-ses';
import { GetEmailIdentityCommand, NotFoundException, PutEmailIdentityFeedbackAttributesCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { type NotificationSettings, readNotifications } from './notification-settings.lambda-shared';
import { retry } from '../private/custom-resource.lambda-shared';
import { withNewPermission } from '../private/new-permission.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';
import type { NotificationType } from '../ses/notification-type';

const ses = new SESClient(PATIENT);
const sesv2 = new SESv2Client(PATIENT);

const CURE = '. See whether the topic exists in this Region, is a standard topic, and whether its policy and that of its key let ses.amazonaws.com use it for this identity.';

/** One identity and the time in which to deal with it. */
export class IdentityNotifications {
  public constructor(public readonly identity: string, private readonly abortSignal: AbortSignal) {}

  /** Undefined when there is no such identity. */
  public read(): Promise<NotificationSettings | undefined> {
    return withNewPermission(() => readNotifications(ses, this.identity, this.abortSignal));
  }

  /** Sets a topic, or none. SES tries a topic out; what this very deployment has allowed it there takes seconds to be known everywhere. */
  public async setTopic(type: NotificationType, topic: string | undefined): Promise<void> {
    const { abortSignal, identity } = this;
    const set = new SetIdentityNotificationTopicCommand({ Identity: identity, NotificationType: type, SnsTopic: topic });
    await retry(() => ses.send(set, { abortSignal }), error => topic !== undefined && isAboutTopic(error)).catch(error => {
      const said = (error as Error).message.replace(/\.$/, '');
      throw new Error(`SES does not take ${topic ?? 'no topic'} for ${type} notifications of ${identity}: ${said}${isAboutTopic(error) ? CURE : ''}`);
    });
  }

  public async setHeaders(type: NotificationType, enabled: boolean): Promise<void> {
    const set = new SetIdentityHeadersInNotificationsEnabledCommand({ Identity: this.identity, NotificationType: type, Enabled: enabled });
    await ses.send(set, { abortSignal: this.abortSignal });
  }

  public async setForwarding(enabled: boolean): Promise<void> {
    const { abortSignal, identity } = this;
    const put = new PutEmailIdentityFeedbackAttributesCommand({ EmailIdentity: identity, EmailForwardingEnabled: enabled });
    await withNewPermission(() => sesv2.send(put, { abortSignal }));
  }

  /** The default configuration set of the identity, which may report feedback in place of topics. */
  public async defaultSet(): Promise<string | undefined> {
    const { abortSignal, identity } = this;
    try {
      return (await sesv2.send(new GetEmailIdentityCommand({ EmailIdentity: identity }), { abortSignal })).ConfigurationSetName;
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  }
}

function isAboutTopic(error: unknown): boolean {
  const { name, message } = error as Error;
  return /^InvalidParameterValue/.test(name) && /topic|sns/i.test(message);
}
