import type { IncomingMessage } from 'node:http';
import { element, type FakeAnswer, FakeService, Refusal } from './fake-service';

/** What was published. */
export interface FakePublication {
  readonly subject: string;
  readonly message: string;
  readonly attributes: Record<string, string>;
}

/** The longest message, in octets. */
const MESSAGE_MAX = 262_144;

/**
 * A fake of one SNS topic: Publish in the query protocol. It refuses what SNS refuses of a subject and of attributes.
 */
export class FakeTopic extends FakeService {
  public readonly published: FakePublication[] = [];

  public constructor(private readonly arn: string) {
    super();
  }

  public override reset(): void {
    super.reset();
    this.published.length = 0;
  }

  protected answer(_request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    const parameters = new URLSearchParams(body);
    const parameter = (name: string) => parameters.get(name) ?? '';
    note(parameter('Action'));
    if (parameter('Action') !== 'Publish') throw new Refusal(400, 'InvalidAction', `Could not find operation ${parameter('Action')}`);
    if (parameter('TopicArn') !== this.arn) throw new Refusal(404, 'NotFound', 'Topic does not exist');
    const [subject, message] = [parameter('Subject'), parameter('Message')];
    if (!/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) throw new Refusal(400, 'InvalidParameter', 'Invalid parameter: Subject');
    if (message === '' || Buffer.byteLength(message) > MESSAGE_MAX) throw new Refusal(400, 'InvalidParameter', 'Invalid parameter: Message');
    this.published.push({ subject, message, attributes: attributesOf(parameters) });
    return { status: 200, body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>${element('MessageId', '1')}</PublishResult></PublishResponse>` };
  }
}

function attributesOf(parameters: URLSearchParams): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let index = 1; parameters.has(`MessageAttributes.entry.${index}.Name`); index++) {
    const of = (name: string) => parameters.get(`MessageAttributes.entry.${index}.${name}`) ?? '';
    if (!/^[\w.-]{1,256}$/.test(of('Name'))) throw new Refusal(400, 'InvalidParameter', 'Invalid parameter: MessageAttributes');
    if (of('Value.DataType') !== 'String' || of('Value.StringValue') === '') {
      throw new Refusal(400, 'ParameterValueInvalid', `The message attribute '${of('Name')}' must contain a non-empty message attribute value.`);
    }
    attributes[of('Name')] = of('Value.StringValue');
  }
  return attributes;
}
