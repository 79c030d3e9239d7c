import { randomUUID } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { SES } from '@aws-sdk/client-ses';
import { SNS } from '@aws-sdk/client-sns';
import type { Aws } from './aws';
import type { Emulator } from './emulator';
import { sampleReceivedMail } from '../../src/inbox/sample-received-mail';
import type { ReceiptRule } from '../../src/receipt/receipt-rule';
import { receiveMail } from '../../src/receipt/receive-mail';
import { type ActionTrace, type IncomingMail, type Reception } from '../../src/receipt/reception';

/** A letter as somebody elsewhere sends it. */
export interface Letter {
  readonly to: string[];
  /** Header fields, in their order. */
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** The envelope sender. */
  readonly source?: string;
  /** What SES found out, as changes to verdicts that have all passed. */
  readonly receipt?: Record<string, unknown>;
  /** The address of the server that sends. */
  readonly ip?: string;
}

/** What became of a letter. */
export interface Delivery extends Reception {
  readonly messageId: string;
  /** The letter as SES hands it on. */
  readonly raw: string;
}

/**
 * SES as it receives. Which rules and actions run is up to the evaluator; the rules and filters are those that the stand-in has, and functions run as they are
 * deployed. That SES may use a bucket, a topic or a function was tried out when the rule was made.
 */
export class IncomingMailServer {
  private readonly ses: SES;
  private readonly s3: S3;
  private readonly sns: SNS;

  public constructor(private readonly aws: Aws, private readonly emulator: Emulator, private readonly domains: string[]) {
    this.ses = new SES(aws.config);
    this.s3 = new S3({ ...aws.config, forcePathStyle: true });
    this.sns = new SNS(aws.config);
  }

  public async deliver(letter: Letter): Promise<Delivery> {
    const messageId = randomUUID().replaceAll('-', '');
    await this.emulator.happens('received', { message_id: messageId });
    const { headers = {}, body = 'Hello', source = 'jane@example.net', receipt = {} } = letter;
    const lines = { 'From': 'Jane Doe <jane@example.net>', 'To': letter.to.join(', '), 'Subject': 'A letter', 'Message-ID': `<${messageId}@example.net>`, ...headers };
    const ofSes = {
      'Return-Path': `<${source}>`,
      'Received': `from mta.example.net (mta.example.net [198.51.100.7]) by inbound-smtp.${this.aws.region}.amazonaws.com with SMTP id ${messageId}`,
      'X-SES-Spam-Verdict': 'PASS',
    };
    const raw = `${Object.entries({ ...ofSes, ...lines }).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}\r\n`;
    const received = {
      mail: {
        messageId,
        source,
        timestamp: new Date().toISOString(),
        destination: letter.to,
        headers: Object.entries({ ...ofSes, ...lines }).map(([name, value]) => ({ name, value })),
        commonHeaders: { from: [lines.From], to: letter.to, subject: lines.Subject, messageId: lines['Message-ID'], returnPath: source },
      },
      receipt,
    };
    const reception = await receiveMail({
      ...await this.account(), recipients: letter.to, ip: letter.ip, received, size: raw.length, invoke: (arn, event) => this.invoke(arn, event),
    });
    for (const { recipients, actions } of reception.rules) {
      let content = raw;
      for (const action of actions) content = await this.carryOut(action, content, { ...received, receipt: { ...receipt, recipients } });
    }
    return { ...reception, messageId, raw };
  }

  private async account(): Promise<Pick<IncomingMail, 'rules' | 'filters' | 'domains'>> {
    const { Rules = [] } = await this.ses.describeActiveReceiptRuleSet({});
    const { Filters = [] } = await this.ses.listReceiptFilters({});
    return {
      rules: Rules as ReceiptRule[],
      filters: Filters.map(({ IpFilter }) => ({ cidr: IpFilter!.Cidr!, policy: IpFilter!.Policy! })),
      domains: this.domains,
    };
  }

  private invoke(functionArn: string, event: object): Promise<unknown> {
    return this.aws.invoke(functionArn.split(':')[6], event);
  }

  /** What the evaluator says and does not do. A header is added for the actions that follow. */
  private async carryOut({ action }: ActionTrace, content: string, received: { mail: { messageId: string }; receipt: object }): Promise<string> {
    const { AddHeaderAction: header, S3Action: store } = action;
    if (header) return `${header.HeaderName}: ${header.HeaderValue}\r\n${content}`;
    if (!store) return content;
    const { BucketName: bucketName, ObjectKeyPrefix: objectKeyPrefix = '', TopicArn: topicArn } = store;
    const objectKey = `${objectKeyPrefix}${received.mail.messageId}`;
    await this.s3.putObject({ Bucket: bucketName, Key: objectKey, Body: content });
    const notice = sampleReceivedMail('S3', { ...received, receipt: { ...received.receipt, action: { type: 'S3', topicArn, bucketName, objectKeyPrefix, objectKey } } });
    if (topicArn) await this.sns.publish({ TopicArn: topicArn, Subject: 'Amazon SES Email Receipt Notification', Message: JSON.stringify(notice) });
    return content;
  }
}
