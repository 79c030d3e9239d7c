import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { ARN, bounce, call, header, publish, rule, stop, store, wait } from './rules';
import { Disposition } from '../../src/inbox/disposition';
import type { ReceiptEvent } from '../../src/inbox/received-mail';
import type { ReceiptRule, ReceiptRuleAction } from '../../src/receipt/receipt-rule';
import { receiveMail } from '../../src/receipt/receive-mail';
import type { IncomingMail, Reception } from '../../src/receipt/reception';
import { covers, matches } from '../../src/receipt/recipient-condition';

type Handler = (event: ReceiptEvent) => unknown;

const VERDICTS = ['spfVerdict', 'dkimVerdict', 'spamVerdict', 'virusVerdict'] as const;

/** The functions of the guide, each as it would be written today. */
const FUNCTIONS: Record<string, Handler> = {
  dropSpam: ({ Records: [{ ses }] }) => VERDICTS.some(name => ses.receipt[name]?.status === 'FAIL') ? { disposition: 'STOP_RULE_SET' } : null,
  onlySpam: ({ Records: [{ ses }] }) => ({ disposition: ses.receipt.spamVerdict?.status === 'FAIL' ? 'CONTINUE' : 'STOP_RULE' }),
  dkim: ({ Records: [{ ses }] }) => ({ disposition: ses.receipt.dkimVerdict?.status === 'FAIL' ? 'STOP_RULE_SET' : 'CONTINUE' }),
  noDiscount: ({ Records: [{ ses }] }) => ses.mail.commonHeaders.subject?.includes('discount') ? { disposition: 'STOP_RULE_SET' } : null,
  header: ({ Records: [{ ses }] }) => ses.mail.headers.some(({ name, value }) => name === 'X-Header' && value === 'X-Value') ? null : { disposition: 'STOP_RULE' },
  dmarc: ({ Records: [{ ses: { receipt } }] }) => receipt.dmarcVerdict?.status === 'FAIL' && receipt.dmarcPolicy === 'reject' ? { disposition: 'STOP_RULE_SET' } : null,
};

const invoke = (functionArn: string, event: ReceiptEvent) => Promise.resolve(FUNCTIONS[functionArn.slice(ARN.length)]?.(event));
const receive = (rules: ReceiptRule[], mail: Partial<IncomingMail> = {}) => receiveMail({ rules, recipients: ['user@example.com'], invoke, ...mail });

/** What ran, in order: `rule: type`. */
const ran = ({ rules }: Reception) => rules.flatMap(trace => trace.actions.map(({ type }) => `${trace.rule}: ${type}`));

const SPAM = { receipt: { spamVerdict: { status: 'FAIL' } } };
const UNSIGNED = { receipt: { dkimVerdict: { status: 'FAIL' } } };
const DISCOUNT = { mail: { commonHeaders: { subject: 'A discount for you' } } };
const REJECT = { receipt: { dmarcVerdict: { status: 'FAIL' }, dmarcPolicy: 'reject' } };
const MARKED = { mail: { headers: [{ name: 'X-Header', value: 'X-Value' }] } };

const DROP_SPAM = [rule('R1', undefined, [wait('dropSpam')]), rule('R2', ['example.com'], [store('one')]), rule('R3', ['example.org'], [store('two')])];
const BOUNCE_SPAM = [rule('R1', undefined, [wait('onlySpam'), bounce, stop]), rule('R2', ['example.com'], [store('one')]), rule('R3', ['example.org'], [store('two')])];
const SPECIFIC = [rule('R1', ['user@example.com'], [call('any'), stop]), rule('R2', ['example.com'], [store('one')])];
const AUDIT = [rule('R1', ['example.com'], [call('log'), store('one')])];
const SIGNED = [rule('R1', ['example.com'], [store('one'), wait('dkim')]), rule('R2', ['support@example.com'], [call('any')])];
const SUBJECT = [
  rule('R1', ['example.com'], [wait('noDiscount')]), rule('R2', ['support@example.com'], [store('one'), call('any'), stop]),
  rule('R3', ['example.com'], [store('two'), call('any')]),
];

describe('the use cases of the guide:', () => {
  test.each<[string, ReceiptRule[], string[], IncomingMail['received'], string[]]>([
    ['1, spam is dropped for all domains', DROP_SPAM, ['a@example.com', 'b@example.org'], SPAM, ['R1: Lambda']],
    ['1, other mail goes its way', DROP_SPAM, ['a@example.com', 'b@example.org'], {}, ['R1: Lambda', 'R2: S3', 'R3: S3']],
    ['1, with one recipient', DROP_SPAM, ['b@example.org'], {}, ['R1: Lambda', 'R3: S3']],
    ['2, spam is sent back for all domains', BOUNCE_SPAM, ['a@example.com'], SPAM, ['R1: Lambda', 'R1: Bounce', 'R1: Stop']],
    ['2, other mail goes its way', BOUNCE_SPAM, ['a@example.com'], {}, ['R1: Lambda', 'R2: S3']],
    ['3, the most specific wins', SPECIFIC, ['user@example.com'], {}, ['R1: Lambda', 'R1: Stop']],
    ['3, with a tag', SPECIFIC, ['user+tag@example.com'], {}, ['R1: Lambda', 'R1: Stop']],
    ['3, others of the domain', SPECIFIC, ['other@example.com'], {}, ['R2: S3']],
    ['4, each mail is logged and stored', AUDIT, ['a@example.com'], {}, ['R1: Lambda', 'R1: S3']],
    ['5, what is signed is answered', SIGNED, ['support@example.com'], {}, ['R1: S3', 'R1: Lambda', 'R2: Lambda']],
    ['5, what is not is stored only', SIGNED, ['support@example.com'], UNSIGNED, ['R1: S3', 'R1: Lambda']],
    ['6, by the subject nothing goes on', SUBJECT, ['support@example.com'], DISCOUNT, ['R1: Lambda']],
    ['6, support', SUBJECT, ['support@example.com'], {}, ['R1: Lambda', 'R2: S3', 'R2: Lambda', 'R2: Stop']],
    ['6, others of the domain', SUBJECT, ['other@example.com'], {}, ['R1: Lambda', 'R3: S3', 'R3: Lambda']],
  ])('%s', async (_, rules, recipients, received, expected) => {
    const reception = await receive(rules, { recipients, received });
    expect(reception.accepted).toBe(true);
    expect(ran(reception)).toEqual(expected);
  });
});

describe('the functions of the guide:', () => {
  const gate = (name: string) => [rule('Gate', undefined, [wait(name), store('gate')]), rule('Rest', undefined, [store('rest')])];
  const [ALL, NOTHING, REST] = [['Gate: Lambda', 'Gate: S3', 'Rest: S3'], ['Gate: Lambda'], ['Gate: Lambda', 'Rest: S3']];

  test.each<[string, string, IncomingMail['received'], string[]]>([
    ['1, a verdict that fails', 'dropSpam', UNSIGNED, NOTHING], ['1, none that does', 'dropSpam', {}, ALL],
    ['2, without the header', 'header', {}, REST], ['2, with the header', 'header', MARKED, ALL],
    ['4, what the domain wants rejected', 'dmarc', REJECT, NOTHING],
    ['4, what it wants in quarantine', 'dmarc', { receipt: { ...REJECT.receipt, dmarcPolicy: 'quarantine' } }, ALL],
  ])('%s', async (_, name, received, expected) => {
    expect(ran(await receive(gate(name), { received }))).toEqual(expected);
  });

  test('3, the object of a message is told by its id', async () => {
    const events: ReceiptEvent[] = [];
    await receive([rule('Store', undefined, [store('mail'), call('fetch')])], { invoke: (_, event) => events.push(event) });
    expect(events.map(({ Records: [{ ses }] }) => ses.mail.messageId)).toEqual([expect.stringMatching(/^\w{40}$/)]);
  });
});

describe('a function', () => {
  const rules = [rule('First', ['example.com'], [wait('any'), store('one')]), rule('Second', ['example.com'], [store('two')])];

  test.each<[string, unknown, string[]]>([
    ['that says STOP_RULE stops its rule', { disposition: 'STOP_RULE' }, ['First: Lambda', 'Second: S3']],
    ['that says STOP_RULE_SET stops everything', { disposition: Disposition.STOP_RULE_SET }, ['First: Lambda']],
    ['that says CONTINUE does not', { disposition: 'CONTINUE' }, ['First: Lambda', 'First: S3', 'Second: S3']],
    ['that says nothing does not', undefined, ['First: Lambda', 'First: S3', 'Second: S3']],
    ['that says null does not', null, ['First: Lambda', 'First: S3', 'Second: S3']],
    ['that says it in lower case does not', { disposition: 'stop_rule_set' }, ['First: Lambda', 'First: S3', 'Second: S3']],
    ['that says it without an object does not', 'STOP_RULE_SET', ['First: Lambda', 'First: S3', 'Second: S3']],
  ])('%s', async (_, result, expected) => {
    expect(ran(await receive(rules, { invoke: () => result }))).toEqual(expected);
  });

  test('that SES does not wait for stops nothing', async () => {
    const asynchronous = [rule('First', undefined, [{ LambdaAction: { FunctionArn: 'f' } }, store('one')]), rule('Second', undefined, [call('any')])];
    const reception = await receive(asynchronous, { invoke: () => ({ disposition: 'STOP_RULE_SET' }) });
    expect(ran(reception)).toEqual(['First: Lambda', 'First: S3', 'Second: Lambda']);
    expect(reception.rules[0].actions[0]).not.toHaveProperty('disposition');
  });

  test('that throws is not taken for one that says something', async () => {
    await expect(receive(rules, { invoke: () => Promise.reject(new Error('no answer')) })).rejects.toThrow('no answer');
  });

  test('is told of the recipients that its rule is for, and of its action', async () => {
    const events: ReceiptEvent[] = [];
    await receive([rule('R', ['example.com', 'a@example.org'], [wait('f')])], {
      recipients: ['user@example.com', 'b@example.org', 'a+tag@example.org'], received: { receipt: { dmarcVerdict: undefined } }, invoke: (_, event) => events.push(event),
    });
    expect(events[0]).toMatchObject({ Records: [{ eventSource: 'aws:ses', eventVersion: '1.0' }] });
    expect(events[0].Records[0].ses.receipt).toMatchObject({
      recipients: ['user@example.com', 'a+tag@example.org'],
      spamVerdict: { status: 'PASS' },
      action: { type: 'Lambda', functionArn: `${ARN}f`, invocationType: 'RequestResponse' },
    });
    expect(events[0].Records[0].ses.receipt).not.toHaveProperty('dmarcVerdict');
  });

  test('of a rule that does not scan is told so, whatever there is in the mail', async () => {
    const events: ReceiptEvent[] = [];
    await receive([rule('R', undefined, [wait('f')], { ScanEnabled: undefined })], { received: SPAM, invoke: (_, event) => events.push(event) });
    expect(events[0].Records[0].ses.receipt).toMatchObject({ spamVerdict: { status: 'DISABLED' }, virusVerdict: { status: 'DISABLED' }, spfVerdict: { status: 'PASS' } });
  });
});

describe('SES takes a mail', () => {
  const rules = [rule('Support', ['support@example.com'], [store('one')]), rule('Sub', ['.example.com'], [store('two')], { TlsPolicy: 'Require' })];

  test('for the recipients that some rule is for', async () => {
    const recipients = ['support@example.com', 'other@example.com', 'x@a.example.com'];
    expect(await receive(rules, { recipients })).toEqual({
      accepted: true,
      recipients: ['support@example.com', 'x@a.example.com'],
      rules: [
        { rule: 'Support', recipients: ['support@example.com'], actions: [{ type: 'S3', action: store('one'), outcome: 'done' }] },
        { rule: 'Sub', recipients: ['x@a.example.com'], actions: [{ type: 'S3', action: store('two'), outcome: 'done' }] },
      ],
    });
  });

  test('at verified domains, where the rule is for everything', async () => {
    const everything = [rule('All', undefined, [store('one')])];
    const mail = { recipients: ['a@example.com', 'a@sub.example.com', 'a@example.org'], domains: ['Example.com'] };
    expect((await receive(everything, mail)).recipients).toEqual(['a@example.com', 'a@sub.example.com']);
  });

  const refused = async (mail: Partial<IncomingMail>, those = rules) => {
    const { accepted, refusal, recipients, rules: traces } = await receive(those, mail);
    expect([accepted, recipients]).toEqual([false, []]);
    return [refusal!.by, refusal!.reason, ...traces.map(({ skipped, actions }) => [skipped, ...actions])];
  };
  const NOBODY = 'no rule is for any of its recipients';

  test('else it does not, and says who refuses', async () => {
    const recipients = ['support@example.com'];
    const filters = [{ policy: 'Block' as const, cidr: '0.0.0.0/0' }, { policy: 'Allow' as const, cidr: '192.0.2.0/24' }];
    expect(await refused({ recipients: ['other@example.com'] })).toEqual(['rules', NOBODY, ['recipients'], ['recipients']]);
    expect(await refused({ recipients: ['x@a.example.com'], tls: false })).toEqual(['rules', NOBODY, ['recipients'], ['tls']]);
    expect(await refused({ recipients }, [])).toEqual(['rules', NOBODY]);
    expect(await refused({ recipients }, [rule('Support', ['support@example.com'], [store('one')], { Enabled: undefined })])).toEqual(['rules', NOBODY, ['disabled']]);
    expect(await refused({ recipients, filters, ip: '203.0.113.1' })).toEqual(['ipFilter', 'an IP filter blocks 203.0.113.1']);
    expect(await refused({ recipients, listed: true })).toEqual(['list', 'SES has the server on its list of senders of spam, and no IP filter allows it']);
    expect(await receive(rules, { recipients, filters, ip: '192.0.2.1', listed: true })).toMatchObject({ accepted: true });
  });
});

test('a mail that is too large for an action comes back, or is not stored', async () => {
  const rules = [rule('R', undefined, [header(), publish(), store('one'), bounce])];
  const outcomes = async (size: number) => (await receive(rules, { size })).rules[0].actions.map(({ outcome }) => outcome);
  expect(await outcomes(150 * 1024)).toEqual(['done', 'done', 'done', 'bounced']);
  expect(await outcomes(150 * 1024 + 1)).toEqual(['done', 'bounced', 'done', 'bounced']);
  expect(await outcomes(40 * 1024 * 1024 + 1)).toEqual(['done', 'bounced', 'failed', 'bounced']);
});

test('an action that is newer than the library runs as well', async () => {
  const rules = [rule('R', undefined, [{ FutureAction: {} } as ReceiptRuleAction, { ConnectAction: { InstanceARN: 'i', IAMRoleARN: 'r' } }, { WorkmailAction: { OrganizationArn: 'o' } }])];
  expect(ran(await receive(rules))).toEqual(['R: Unknown', 'R: Connect', 'R: WorkMail']);
});

test('values that only the deployment knows are for nobody, and name nothing', async () => {
  const rules = [rule({ Ref: 'Name' } as unknown as string, [{ Ref: 'Domain' } as unknown as string], [store('one')]), rule('Known', ['example.com'], [store('two')])];
  expect((await receive(rules)).rules).toMatchObject([{ rule: 'rule 1', skipped: 'recipients' }, { rule: 'Known', recipients: ['user@example.com'] }]);
});

describe('whatever the rules', () => {
  const action = fc.constantFrom(store('one'), publish(), call('f'), wait('stopRule'), wait('stopSet'), wait('goOn'), bounce, stop);
  const anyRule = fc.record({
    recipients: fc.option(fc.array(arbitrary.condition, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    actions: fc.array(action, { maxLength: 4 }),
    Enabled: fc.boolean(),
    TlsPolicy: fc.constantFrom('Optional' as const, 'Require' as const),
  });
  const rules = fc.array(anyRule, { maxLength: 6 }).map(drafts => drafts.map(({ recipients, actions, ...changes }, index) => rule(`R${index}`, recipients, actions, changes)));
  const mail = fc.record({ recipients: fc.uniqueArray(arbitrary.address, { minLength: 1, maxLength: 3 }), tls: fc.boolean() });
  const says: Record<string, unknown> = { stopRule: { disposition: 'STOP_RULE' }, stopSet: { disposition: 'STOP_RULE_SET' } };
  const evaluate = (those: ReceiptRule[], of: Pick<IncomingMail, 'recipients' | 'tls'>) => receive(those, { ...of, invoke: arn => says[arn.slice(ARN.length)] });

  test('their order is kept, and nothing runs after a stop', async () => {
    await fc.assert(fc.asyncProperty(rules, mail, async (those, of) => {
      const { rules: traces } = await evaluate(those, of);
      expect(traces.map(trace => trace.rule)).toEqual(those.map(({ Name }) => Name));
      traces.forEach(({ actions }, index) => expect(actions.map(each => each.action)).toEqual(those[index].Actions!.slice(0, actions.length)));
      const ends = (one: { type: string; disposition?: Disposition }) => one.type === 'Stop' || one.disposition === Disposition.STOP_RULE_SET;
      const flat = traces.flatMap(({ actions }) => actions);
      expect(flat.slice(0, -1).filter(ends)).toEqual([]);
      for (const { actions } of traces) expect(actions.slice(0, -1).filter(({ disposition }) => disposition === Disposition.STOP_RULE)).toEqual([]);
    }));
  });

  test('a mail is taken when a rule in force is for it, and only then', async () => {
    await fc.assert(fc.asyncProperty(rules, mail, async (those, of) => {
      const isFor = ({ Enabled, TlsPolicy, Recipients }: ReceiptRule) => Enabled && (of.tls || TlsPolicy !== 'Require') &&
        (Recipients === undefined || Recipients.some(condition => of.recipients.some(recipient => matches(condition, recipient))));
      const { accepted, rules: traces } = await evaluate(those, of);
      expect(accepted).toBe(those.some(isFor));
      if (!accepted) expect(traces.flatMap(({ actions }) => actions)).toEqual([]);
    }));
  });

  test('one that is not in force changes nothing', async () => {
    await fc.assert(fc.asyncProperty(rules, mail, anyRule, fc.nat(), async (those, of, { recipients, actions }, where) => {
      const idle = rule('Idle', recipients, actions, { Enabled: false });
      const place = where % (those.length + 1);
      const { rules: before, ...rest } = await evaluate(those, of);
      const { rules: after, ...same } = await evaluate([...those.slice(0, place), idle, ...those.slice(place)], of);
      expect(same).toEqual(rest);
      expect(after.filter(trace => trace.rule !== 'Idle')).toEqual(before);
    }));
  });

  test('a wider condition is for all that the narrower is for', async () => {
    await fc.assert(fc.asyncProperty(arbitrary.address, fc.constantFrom(...arbitrary.CONDITIONS), async (recipient, wide) => {
      const narrower = arbitrary.CONDITIONS.filter(condition => covers(wide, condition));
      const accepted = async (condition: string) => (await evaluate([rule('R', [condition], [store('one')])], { recipients: [recipient], tls: true })).accepted;
      for (const narrow of narrower) if (await accepted(narrow)) expect(await accepted(wide)).toBe(true);
    }), { numRuns: 50 });
  });
});
