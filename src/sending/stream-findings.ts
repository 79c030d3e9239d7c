import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { IMailStream } from './mail-stream-base';
import type { SendingPool } from './sending-pool';
import type { Suppression } from './suppression';
import type { TrackingDomain } from './tracking-domain';
import { VdmOverride, VdmSetting } from './vdm';
import { type DestinationKind, publishedEvents } from '../identity/feedback-coverage';
import { finding } from '../private/finding';
import { FEEDBACK_EVENTS, REWRITES_MAIL } from '../ses/event-type';

/** What the findings about a stream look at. */
interface Stream {
  readonly props: {
    readonly suppression?: Suppression;
    readonly sendingPool?: SendingPool;
    readonly vdm?: VdmOverride;
    readonly engagement?: { readonly trackingDomain?: TrackingDomain };
  };
  readonly vdm: Required<VdmOverride>;
  /** The templates that somebody was allowed to send; it may grow. */
  readonly templates: ReadonlySet<string>;
}

const ANY_KIND: DestinationKind[] = ['sns', 'eventBridge', 'firehose', 'cloudWatch'];

/**
 * Reports what deploys, but surprises.
 */
export function reportStream(stream: IMailStream, about: Stream): void {
  reportSettings(stream, about);
  // destinations, templates and grants come later
  stream.node.addValidation({
    validate: () => {
      reportDestinations(stream, about);
      reportVdm(stream, about);
      return [];
    },
  });
}

function reportSettings(scope: IMailStream, { props, vdm }: Stream): void {
  if (props.suppression?.suppressedReasons?.length === 0) {
    finding(scope, 'MailStream.noSuppression', 'suppression is switched off, so mail goes to addresses that are known to bounce or to complain, and each such ' +
      'message harms the reputation; use Suppression.account() or Suppression.reasons([...])');
  }
  if (props.sendingPool?.isDedicated && vdm.optimizedSharedDelivery === VdmSetting.ENABLED) {
    finding(scope, 'MailStream.optimizedWithDedicatedPool', 'optimizedSharedDelivery chooses among shared addresses, and the stream sends from a dedicated pool, where it ' +
      'has no effect; leave one of the two out');
  }
}

function reportDestinations(scope: IMailStream, { props, templates }: Stream): void {
  const published = publishedEvents(scope, ANY_KIND);
  const missing = FEEDBACK_EVENTS.filter(event => !published.has(event));
  if (missing.length > 0) {
    finding(scope, 'MailStream.unwatched', `no event destination of the stream publishes ${missing.join(' and ')}, so nobody sees which of its mail goes wrong; ` +
      'give it `feedback`, or add a destination');
  }
  if ((templates.size > 0 || makesTemplates(scope)) && !published.has('renderingFailure')) {
    finding(scope, 'MailStream.renderingFailuresUnwatched', 'templates are used, and no event destination of the stream publishes RENDERING_FAILURE: SES accepts ' +
      'a message whose data do not fit its template, and drops it in silence; add the event to a destination');
  }
  if (props.engagement?.trackingDomain && ![...REWRITES_MAIL].some(event => published.has(event))) {
    finding(scope, 'MailStream.trackingWithoutEvents', `the stream has the tracking domain ${props.engagement.trackingDomain.domainName}, and publishes neither OPEN nor ` +
      'CLICK, so SES rewrites nothing and the domain is unused; give `engagement` a destination, or leave the domain out');
  }
}

function reportVdm(scope: IMailStream, { props }: Stream): void {
  const asked = [props.vdm?.engagementMetrics, props.vdm?.optimizedSharedDelivery].includes(VdmSetting.ENABLED);
  if (!asked || scope.node.root.node.findAll().some(child => child instanceof ses.CfnVdmAttributes)) return;
  finding(scope, 'MailStream.vdmUnknown', 'the stream uses Virtual Deliverability Manager, which nothing in this app switches on for the account; add ses.VdmAttributes ' +
    'once an account and Region, or acknowledge this if it is on');
}

function makesTemplates(scope: Construct | IMailStream): boolean {
  return scope.node.root.node.findAll().some(child => child instanceof ses.CfnTemplate);
}
