import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConfigurationSet } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { FeedbackAlarms } from './feedback-alarms';
import type { IMailIdentity } from '../identity';
import { finding } from '../private/finding';
import { refersTo } from '../private/references';
import { isSilent } from '../private/silent-alarm';

/** What the findings about a pipeline look at. */
interface Pipeline {
  /** It may grow. */
  readonly streams: readonly IConfigurationSet[];
  /** It may grow. */
  readonly identities: readonly IMailIdentity[];
  readonly alarms: FeedbackAlarms;
  readonly callback?: lambda.IFunction;
}

/**
 * Reports what deploys, but surprises. Asked when the tree is complete, as streams, actions and destinations may be added later.
 */
export function reportPipeline(scope: Construct, { streams, identities, alarms, callback }: Pipeline): void {
  scope.node.addValidation({
    validate: () => {
      if (streams.length + identities.length === 0) {
        finding(scope, 'FeedbackPipeline.noStreams', 'the pipeline has no stream and no identity, so nothing publishes to its topic; give it `streams`, or call ' +
          'addIdentity. Acknowledge this if something else publishes there');
      }
      if (isSilent(alarms.deadLetters)) {
        finding(scope, 'FeedbackPipeline.silentAlarms', 'the alarms of the pipeline have no action, so nobody learns when bounces and complaints are no longer ' +
          'acted on; give it `notify`, or an alarmAction');
      }
      if (callback && losesErrors(callback)) {
        finding(scope, 'FeedbackPipeline.callbackLosesErrors', `the function ${callback.node.path} has no destination for failures, so an address that it fails ` +
          'to take off your lists three times stays on them; give it onFailure, or a deadLetterQueue');
      }
      return [];
    },
  });
}

/** Of an imported function nobody here knows. */
function losesErrors(callback: lambda.IFunction): boolean {
  const resource = callback.node.defaultChild;
  if (!(resource instanceof lambda.CfnFunction) || resource.deadLetterConfig !== undefined) return false;
  return !callback.node.root.node.findAll().some(child =>
    child instanceof lambda.CfnEventInvokeConfig && child.destinationConfig !== undefined && refersTo(child.functionName, resource));
}
