import * as fc from 'fast-check';
import * as arbitrary from './arbitrary';
import { ARN, bounce, call, header, publish, rule, stop, store, wait } from './rules';
import type { ReceiptRule, ReceiptRuleAction } from '../../src/receipt/receipt-rule';
import { receiveMail } from '../../src/receipt/receive-mail';
import { ruleFindings, type RuleSurroundings } from '../../src/receipt/rule-findings';

const TOKEN = '${Token[TOKEN.12]}';
const OFF = { Enabled: false };
const TLS = { TlsPolicy: 'Require' } as const;
const found = (rules: ReceiptRule[], surroundings?: RuleSurroundings) => ruleFindings(rules, surroundings).map(({ id, rule: name }) => `${name} ${id.replace('ReceiptRule.', '')}`);
const last = rule('Last', undefined, [store('rest')]);

test('a sound rule set has none', () => {
  expect(found([
    rule('Spam', undefined, [wait('dropSpam')]),
    rule('Bounce', undefined, [wait('onlySpam'), bounce, stop]),
    rule('Tagged', ['support+urgent@example.com'], [call('page'), stop]),
    rule('Support', ['support@example.com', '.example.com', `a@${TOKEN}`], [header(), store('support'), call('answer'), stop]),
    rule('Domain', ['example.com'], [{ WorkmailAction: { OrganizationArn: 'o' } }]),
    last,
  ], { domains: ['Example.com'] })).toEqual([]);
});

describe('a rule that is never reached', () => {
  test.each<[string, ReceiptRule[], string[]]>([
    ['stands behind a wider one that stops', [rule('Wide', ['example.com'], [store('one'), stop]), rule('Narrow', ['user@example.com'], [store('two')])], ['Narrow unreachable']],
    ['or behind one that sends back and stops', [rule('Wide', ['.example.com'], [bounce, stop]), rule('Narrow', ['a.example.com', 'b.example.com'], [store('two')])], ['Narrow unreachable']],
    ['in part', [rule('Wide', ['example.com'], [stop]), rule('Narrow', ['user@example.com', 'user@example.org'], [store('two')])], ['Narrow unreachable']],
    ['but not behind one that does not stop', [rule('Wide', ['example.com'], [store('one')]), rule('Narrow', ['user@example.com'], [store('two')])], []],
    ['nor behind a function that may let mail go on', [rule('Wide', ['example.com'], [wait('f'), stop]), rule('Narrow', ['user@example.com'], [store('two')])], []],
    ['nor behind one that is not in force', [rule('Wide', ['example.com'], [stop], OFF), rule('Narrow', ['user@example.com'], [store('two')])], []],
    ['nor itself when it is not', [rule('Wide', ['example.com'], [stop]), rule('Narrow', ['user@example.com'], [store('two')], OFF)], []],
    ['nor when mail without TLS passes the first', [rule('Wide', ['example.com'], [stop], TLS), rule('Narrow', ['user@example.com'], [store('two')])], []],
    ['but when neither takes such mail', [rule('Wide', ['example.com'], [stop], TLS), rule('Narrow', ['user@example.com'], [store('two')], TLS)], ['Narrow unreachable']],
    ['nor when the wider one stands behind', [rule('Narrow', ['user@example.com'], [stop]), rule('Wide', ['example.com'], [store('two')])], []],
    ['and everything that stops has to be last', [rule('All', undefined, [stop]), rule('Narrow', ['user@example.com'], [store('two')]), last], ['All stopsEverything']],
    ['as it is here', [rule('Narrow', ['user@example.com'], [store('two')]), rule('All', undefined, [stop])], []],
  ])('%s', (_, rules, expected) => {
    expect(found(rules)).toEqual(expected);
  });

  test('is told what stands before it', () => {
    const wide = rule('Wide', ['example.com'], [stop]);
    expect(ruleFindings([wide, rule('Narrow', ['a@example.com', 'b@example.com', 'c@example.org'], [store('two')])])).toEqual([{
      id: 'ReceiptRule.unreachable',
      rule: 'Narrow',
      position: 1,
      isError: false,
      text: 'no mail reaches the rule for "a@example.com", "b@example.com": the rule "Wide" before it is for that too, and stops the rule set. Put the narrower rule first',
    }]);
    expect(ruleFindings([wide, rule('Narrow', ['a@example.com'], [store('two')])])[0].text).toContain('no mail reaches the rule for whatever it is for: the rule "Wide"');
    expect(ruleFindings([rule('All', undefined, [stop]), last, last])[0].text)
      .toBe('the rule is for everything and stops the rule set, so the 2 behind it never run; put it last');
  });

  test('does not run, says the evaluator', async () => {
    const actions = fc.constantFrom<ReceiptRuleAction[]>([stop], [store('one')], [bounce, stop], [wait('f'), stop]);
    const draft = fc.tuple(fc.array(arbitrary.condition, { minLength: 1, maxLength: 2 }), actions, fc.constantFrom({}, TLS));
    const rules = fc.array(draft, { minLength: 2, maxLength: 5 });
    await fc.assert(fc.asyncProperty(rules, arbitrary.address, fc.boolean(), async (drafts, recipient, tls) => {
      const those = drafts.map(([recipients, does, changes], index) => rule(`R${index}`, recipients, does, changes));
      const dead = ruleFindings(those).filter(({ id, text }) => id === 'ReceiptRule.unreachable' && text.includes('whatever')).map(finding => finding.rule);
      const { rules: traces } = await receiveMail({ rules: those, recipients: [recipient], tls, invoke: () => ({ disposition: 'STOP_RULE' }) });
      expect(traces.filter(({ rule: name, actions: done }) => dead.includes(name) && done.length > 0)).toEqual([]);
    }), { numRuns: 500 });
  });
});

describe('of two rules, one for an address and one for a tag of it,', () => {
  const tagged = (...does: ReceiptRuleAction[]) => rule('Tagged', ['user+a@example.com'], does);
  const plain = (...does: ReceiptRuleAction[]) => rule('Plain', ['user@example.com'], does);

  test.each<[string, ReceiptRule[], string[]]>([
    ['both run', [tagged(store('one')), plain(store('two'))], ['Tagged tagTwice']],
    ['both run the other way round, too', [plain(store('two')), tagged(store('one'))], ['Tagged tagTwice']],
    ['unless the first one stops', [tagged(store('one'), stop), plain(store('two'))], []],
    ['and in one rule the tag says nothing', [rule('One', ['user@example.com', 'user+a@example.com'], [store('one')])], ['One tagTwice']],
    ['but those of another domain are others', [tagged(store('one')), rule('Other', ['user@example.org'], [store('two')])], []],
  ])('%s', (_, rules, expected) => {
    expect(found(rules)).toEqual(expected);
  });

  test('the finding names both', () => {
    expect(ruleFindings([tagged(store('one')), plain(store('two'))])[0].text).toBe(
      'mail for "user+a@example.com" is for the rule "Plain", too, since "user@example.com" there is for all its tags. Put this rule first, with a Stop at its end');
    expect(ruleFindings([rule('One', ['user@example.com', 'user+a@example.com'], [store('one')])])[0].text).toBe(
      '"user@example.com" is for "user+a@example.com", too, as for all its tags; leave the latter out');
  });
});

describe('actions:', () => {
  test.each<[string, ReceiptRule[], string[]]>([
    ['a bounce that goes on to the next action', [rule('R', ['example.com'], [bounce, store('one')])], ['R bounceGoesOn']],
    ['a bounce that goes on to another rule', [rule('R', ['a@example.com'], [bounce]), rule('Next', ['example.com'], [store('one')])], ['R bounceGoesOn']],
    ['a bounce that ends', [rule('R', ['a@example.com'], [bounce]), rule('Next', ['b@example.com'], [store('one')])], []],
    ['a bounce that stops', [rule('R', ['example.com'], [bounce, stop]), rule('Next', ['example.com'], [store('one')])], ['Next unreachable']],
    ['a function before the mail is stored', [rule('R', ['example.com'], [call('f'), store('one')])], ['R functionBeforeStore']],
    ['a function when a rule before has stored it', [rule('Store', ['example.com'], [store('all')]), rule('R', ['a@example.com'], [call('f'), store('one')])], []],
    ['a function when another mail is stored', [rule('Store', ['example.org'], [store('all')]), rule('R', ['a@example.com'], [call('f'), store('one')])], ['R functionBeforeStore']],
    ['a gate before the mail is stored', [rule('R', ['example.com'], [wait('f'), store('one')])], []],
    ['a gate without a scan', [rule('R', ['example.com'], [wait('f'), store('one')], { ScanEnabled: false })], ['R gateWithoutScan']],
    ['a function without a scan', [rule('R', ['example.com'], [store('one'), call('f')], { ScanEnabled: false })], []],
    ['a gate at the end', [rule('R', ['example.com'], [store('one'), wait('f')])], ['R waitsForNothing']],
    ['a gate at the end of a rule before another', [rule('R', ['example.com'], [store('one'), wait('f')]), last], []],
    ['a topic', [rule('R', ['example.com'], [publish()])], ['R topicBouncesLargeMail']],
    ['a header that nothing sees', [rule('R', ['a@example.com'], [store('one'), header(), stop]), rule('Next', ['b@example.com'], [store('one')])], ['R headerUnseen']],
    ['a header that a later rule sees', [rule('R', ['a@example.com'], [header()]), rule('Next', ['.example.com', 'example.com'], [store('one')])], []],
    ['a header of SES', [rule('R', ['example.com'], [header('X-SES-Spam-Verdict'), store('one')])], ['R reservedHeader']],
  ])('%s', (_, rules, expected) => {
    expect(found(rules)).toEqual(expected);
  });

  test('a gate that does not look at the scan needs none', () => {
    const rules = [rule('R', ['example.com'], [wait('subject'), store('one')], { ScanEnabled: false })];
    expect(found(rules, { readsScan: functionArn => functionArn !== `${ARN}subject` })).toEqual([]);
  });

  test('the texts say what to do', () => {
    const texts = ruleFindings([
      rule('R', ['example.com'], [call('f'), wait('g'), bounce, store('one'), publish(), header('Received')], { ScanEnabled: false }),
    ]).map(({ text }) => text);
    expect(texts).toEqual([
      'the mail is sent back, and still goes on to the actions behind: its sender takes it for refused. Put a Stop behind the bounce',
      'a function is called before the mail is stored, and may look for it in vain; put the S3 action first',
      'SES waits for a function, and does not scan: the verdicts on spam and viruses say DISABLED, which is neither PASS nor FAIL. Leave "scan" on',
      'mail over 150 KB is sent back, although the rule stores mail up to 40 MB: the topic sets the limit. Let the S3 action tell the topic, and leave the SNS action out',
      '"Received" is a header that SES, or servers on the way, write themselves; readers may take yours for theirs. Take a name of your own',
      '"Received" is added, and no action follows that would see it; put the action that hands the mail on behind it',
    ]);
    expect(ruleFindings([rule('R', ['a@example.com'], [bounce]), last])[0].text).toContain('goes on to the rule "Last"');
    expect(ruleFindings([rule('R', undefined, [publish()])])[0].text).toBe('mail over 150 KB is sent back. Store it, up to 40 MB, and let the S3 action tell the topic');
    expect(ruleFindings([rule('R', undefined, [store('one'), wait('g')])])[0].text)
      .toBe('SES waits for the function at the end, and nothing follows that it could stop; let it be called asynchronously');
  });
});

test('recipients at domains that are not verified', () => {
  const rules = [rule('R', ['user@a.b.example.com', '.example.com', 'user@example.org', 'evil-example.com', `x@${TOKEN}`], [store('one')])];
  expect(found(rules)).toEqual([]);
  expect(ruleFindings(rules, { domains: ['example.com'] })).toEqual([{
    id: 'ReceiptRule.unverifiedDomain',
    rule: 'R',
    position: 0,
    isError: false,
    text: '"user@example.org", "evil-example.com" are at no domain that is verified here (example.com); SES refuses mail for any other. ' +
      'Verify the domain, or acknowledge when it is verified elsewhere',
  }]);
  expect(ruleFindings([rule('R', ['.example.com'], [store('one')])], { domains: ['sub.example.com'] })[0].text).toContain('".example.com" is at no domain');
});

test('what the constructs refuse is an error', () => {
  const rules = [
    rule('Empty', ['a@example.com'], []), rule('Behind', ['b@example.com'], [stop, store('one')]), rule('Header', ['c@example.com'], [header('a_b'), store('one')]),
    rule('Twice', ['d@example.com', 'd@example.com'], [store('one')]), rule('Off', undefined, [], OFF),
  ];
  expect(ruleFindings(rules).map(({ id, rule: name, position, isError }) => [id, name, position, isError])).toEqual([
    ['ReceiptRule.noActions', 'Empty', 0, true], ['ReceiptRule.actionsBehindStop', 'Behind', 1, true], ['AddedHeader.name', 'Header', 2, true],
    ['ReceiptRule.recipientTwice', 'Twice', 3, true],
  ]);
});

test('values that only the deployment knows may be anything', () => {
  const value = { Ref: 'Value' } as unknown as string;
  const rules = [
    rule(value, [value, 'a@example.com'], [{ AddHeaderAction: { HeaderName: value, HeaderValue: value } }, { LambdaAction: { FunctionArn: value, InvocationType: 'RequestResponse' } }, store(value)]),
    rule('All', value as unknown as string[], [stop]),
    { Name: 'None', Enabled: true, Actions: value as unknown as ReceiptRuleAction[] },
    rule('Narrow', ['a@example.com', value], [store('one')], { Enabled: value as unknown as boolean }),
  ];
  expect(found(rules, { domains: ['example.com'] })).toEqual([]);
});

test('recipients that only the deployment knows are nobody, where they would raise a finding, and anybody where they would cure one', () => {
  const value = { Ref: 'Value' } as unknown as string;
  const unknown = (name: string, ...does: ReceiptRuleAction[]) => rule(name, [value], does);
  expect(ruleFindings([rule('Stop', ['example.com'], [stop]), rule('Narrow', ['a@example.com', value], [store('one')])]).map(({ text }) => text))
    .toEqual([expect.stringMatching(/^no mail reaches the rule for "a@example.com": /)]);
  expect(found([rule('Bounce', ['a@example.com'], [bounce]), unknown('Unknown', store('one'))])).toEqual([]);
  expect(found([rule('Header', ['a@example.com'], [header()]), unknown('Unknown', store('one'))])).toEqual([]);
  expect(found([rule('Store', ['a@example.com'], [store('one')]), unknown('Unknown', call('f'), store('two'))])).toEqual([]);
});
