import { CloudWatch, type Dimension } from '@aws-sdk/client-cloudwatch';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { SNS } from '@aws-sdk/client-sns';
import type { Aws } from './aws';
import { until } from './check';
import { ACCOUNT } from './emulator';
import { Inbox, type Told } from './inbox';

/** The outputs of apps/guard.ts. */
export interface GuardOutputs {
  readonly NameIs: string;
  readonly FunctionIs: string;
  readonly LogIs: string;
  readonly KeyIs: string;
  readonly TableIs: string;
  readonly DeadLettersIs: string;
  readonly PagerIs: string;
  readonly OnCallIs: string;
}

/** A deployed guard, with those around it: SES and CloudWatch, who have news, and people, who are told. */
export class Guarded {
  public readonly cloudWatch: CloudWatch;
  private readonly pager: Inbox;
  private noticesRead = 0;

  public constructor(private readonly aws: Aws, private readonly made: GuardOutputs) {
    this.cloudWatch = new CloudWatch(aws.config);
    this.pager = new Inbox(aws, made.PagerIs);
  }

  /** SES has published figures of a stream, or of the account. */
  public async figures(stream: string | undefined, figures: Record<string, number>) {
    const Dimensions: Dimension[] = stream ? [{ Name: 'ses:configuration-set', Value: stream }] : [];
    await this.cloudWatch.putMetricData({
      Namespace: 'AWS/SES', MetricData: Object.entries(figures).map(([MetricName, Value]) => ({ MetricName, Value, Dimensions })),
    });
  }

  public alarmName(words: string) {
    return `${this.made.NameIs}-${words}`;
  }

  public async alarm(words: string) {
    const { MetricAlarms } = await this.cloudWatch.describeAlarms({ AlarmNames: [this.alarmName(words)] });
    return MetricAlarms![0];
  }

  /** The topic through which alarms wake the guard. */
  public async topic() {
    return (await this.alarm('bounce-pause-news')).AlarmActions![0];
  }

  /** Tells the topic of an alarm as CloudWatch does, whatever the alarm is really like. */
  public async tell(words: string, state: string) {
    const AlarmName = this.alarmName(words);
    const Message = JSON.stringify({ AlarmName, AWSAccountId: ACCOUNT, NewStateValue: state, OldStateValue: 'OK', NewStateReason: 'Threshold Crossed' });
    await new SNS(this.aws.config).publish({ TopicArn: await this.topic(), Subject: `${state}: "${AlarmName}" in US East (N. Virginia)`, Message });
  }

  /** How often the function has run to its end, well or not. */
  public async runs() {
    return (await this.aws.logLines(this.made.LogIs)).filter(line => line.startsWith('END ')).length;
  }

  /** Does something that wakes the guard, and waits until it has looked. */
  public async awake(work: () => Promise<unknown>, times = 1) {
    const before = await this.runs();
    await work();
    await until('the guard has looked', async () => await this.runs() >= before + times);
  }

  /** What the guard itself has told people since this was asked last. */
  public async news(): Promise<Told[]> {
    const notices = (await this.pager.told()).filter(({ attributes }) => attributes.notice);
    const news = notices.slice(this.noticesRead);
    this.noticesRead = notices.length;
    return news;
  }

  /** The alarms that CloudWatch has told people of by itself. */
  public async warnings() {
    const warnings = (await this.pager.told()).filter(({ attributes }) => !attributes.notice);
    return warnings.map(({ message }) => (JSON.parse(message) as { AlarmName: string }).AlarmName);
  }

  /** What the guard has written down about a target, in the order of time. */
  public async audit(target: string) {
    const { Items = [] } = await new DynamoDB(this.aws.config).query({
      TableName: this.made.TableIs, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: `audit/${target}` } },
    });
    return Items.map(item => JSON.parse(item.record.S!) as { status: string; by?: string; owed?: string });
  }

  public async command(command: object, as: Aws = this.aws) {
    return await as.invoke(this.made.FunctionIs, command) as { done?: string; refused?: string };
  }

  /** Whether a stream, or the account, sends, as SES tells. */
  public async sends(stream?: string) {
    if (!stream) return (await this.aws.ses.getAccount({})).SendingEnabled;
    return (await this.aws.configurationSet(stream))?.SendingOptions?.SendingEnabled;
  }
}
