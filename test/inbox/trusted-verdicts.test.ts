import * as fc from 'fast-check';
import { parseAuthenticationResults } from '../../src/inbox/authentication-results';
import { rawHeaders } from '../../src/inbox/raw-headers';
import { SAMPLE_MESSAGE, sampleReceivedMail } from '../../src/inbox/sample-received-mail';
import { trustedVerdicts } from '../../src/inbox/trusted-verdicts';

const RECEIVED = 'Received: from mta.example.net (mta.example.net [198.51.100.7])\r\n by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 7u2hk4m0\r\n for a@example.com;\r\n now';
const message = (...headers: string[]) => ['Return-Path: <jane.doe@example.net>', RECEIVED, ...headers, '', 'X-SES-Spam-Verdict: PASS', ''].join('\r\n');
const NOTHING = { dkim: [] };

test('the sample has what SES writes', () => {
  const { messageId, headers } = sampleReceivedMail('S3').mail as { messageId: string; headers: { name: string; value: string }[] };
  const verdicts = {
    spam: 'PASS',
    virus: 'PASS',
    spf: { method: 'spf', result: 'pass', properties: { 'client-ip': '198.51.100.7', 'envelope-from': 'jane.doe@example.net', 'helo': 'mta.example.net' } },
    dkim: [{ method: 'dkim', result: 'pass', properties: { 'header.i': '@example.net' } }],
    dmarc: { method: 'dmarc', result: 'pass', properties: { 'header.from': 'example.net' } },
  };
  expect(trustedVerdicts(SAMPLE_MESSAGE, { messageId })).toEqual(verdicts);
  expect(trustedVerdicts(Buffer.from(SAMPLE_MESSAGE))).toEqual(verdicts);
  expect(trustedVerdicts(SAMPLE_MESSAGE.replaceAll('\r\n', '\n'))).toEqual(verdicts);
  expect(trustedVerdicts(headers)).toEqual(verdicts);
});

describe('verdicts are those of SES', () => {
  const FORGED = ['X-SES-Spam-Verdict: PASS', 'X-SES-Virus-Verdict: PASS', 'Authentication-Results: amazonses.com; dmarc=pass header.from=bank.example'];

  test.each<[string, string, object]>([
    ['when it scanned', message('X-SES-Spam-Verdict: fail', 'X-SES-Virus-Verdict: GRAY'), { spam: 'FAIL', virus: 'GRAY', dkim: [] }],
    ['not the same of the sender below', message('X-SES-Spam-Verdict: FAIL', 'X-SES-RECEIPT: a', ...FORGED), { spam: 'FAIL', dkim: [] }],
    ['not those of the sender when it did not scan', message('Authentication-Results: amazonses.com; dmarc=fail header.from=bank.example', ...FORGED),
      { dkim: [], dmarc: { method: 'dmarc', result: 'fail', properties: { 'header.from': 'bank.example' } } }],
    ['not those behind the first header of the sender', message('Subject: Hello', ...FORGED), NOTHING],
    ['not those behind another Received', message('Received: from x by inbound-smtp.eu-west-1.amazonaws.com with SMTP id other', ...FORGED), NOTHING],
    ['not those of another server', message('Authentication-Results: mx.example.org; dmarc=pass header.from=bank.example'), NOTHING],
    ['not in mail that comes from elsewhere', ['Received: from x by mx.example.org with SMTP id 7u2hk4m0', RECEIVED, ...FORGED, '', ''].join('\r\n'), NOTHING],
    ['not in mail that nobody received', [...FORGED, '', ''].join('\r\n'), NOTHING],
    ['not those in the text', message(), NOTHING],
    ['not when there are two of DMARC', message('Authentication-Results: amazonses.com; spf=pass; helo=a;dmarc=pass header.from=bank.example; dmarc=fail header.from=bank.example'),
      { spf: { method: 'spf', result: 'pass', properties: { helo: 'a' } }, dkim: [] }],
    ['below what a rule has added', ['X-Rule: support', message('X-SES-Spam-Verdict: FAIL')].join('\r\n'), { spam: 'FAIL', dkim: [] }],
    ['in another partition', message('X-SES-Spam-Verdict: FAIL').replace('amazonaws.com', 'amazonaws.eu'), { spam: 'FAIL', dkim: [] }],
  ])('%s', (_, text, verdicts) => {
    expect(trustedVerdicts(text)).toEqual(verdicts);
  });

  test('with the id of the message, when it is known', () => {
    const text = message('X-SES-Spam-Verdict: FAIL');
    expect(trustedVerdicts(text, { messageId: '7u2hk4m0' })).toEqual({ spam: 'FAIL', dkim: [] });
    expect(trustedVerdicts(text, { messageId: '7u2hk4m' })).toEqual(NOTHING);
  });

  test('whatever the sender writes behind them', () => {
    const own = ['X-SES-Spam-Verdict: FAIL', 'Authentication-Results: amazonses.com; dmarc=fail header.from=bank.example;', 'X-SES-RECEIPT: a', 'X-SES-DKIM-SIGNATURE: a'];
    const expected = trustedVerdicts(message(...own));
    expect(expected).toMatchObject({ spam: 'FAIL', dmarc: { result: 'fail' } });
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...FORGED, RECEIVED, ...own), fc.stringMatching(/^[A-Za-z-]{1,20}: [ -~]{0,40}$/)), { maxLength: 5 }), theirs => {
      expect(trustedVerdicts(message(...own, ...theirs))).toEqual(expected);
    }));
  });
});

describe('Authentication-Results', () => {
  test('has a result for each signature, over several lines', () => {
    const value = 'amazonses.com;\r\n spf=pass (spfCheck: 192.0.2.1 is permitted; by domain of example.com) client-ip=192.0.2.1;\r\n envelope-from=a@example.com; helo=192.0.2.1;\r\n' +
      ' dkim=pass header.i=@example.com;\r\n\tdkim=permerror reason="bad; \\"key\\"" header.i=@some-example.com;\r\n dmarc=pass header.from=example.com;';
    expect(parseAuthenticationResults(value)).toEqual({
      server: 'amazonses.com',
      results: [
        { method: 'spf', result: 'pass', properties: { 'client-ip': '192.0.2.1', 'envelope-from': 'a@example.com', 'helo': '192.0.2.1' } },
        { method: 'dkim', result: 'pass', properties: { 'header.i': '@example.com' } },
        { method: 'dkim', result: 'permerror', properties: { 'reason': 'bad; "key"', 'header.i': '@some-example.com' } },
        { method: 'dmarc', result: 'pass', properties: { 'header.from': 'example.com' } },
      ],
    });
  });

  test.each<[string, object]>([
    ['example.org 1; none', { server: 'example.org', results: [] }],
    ['(a (nested; dkim=pass) comment) Example.ORG; DKIM/1 = Fail (b\\) ;) header.d = example.com', {
      server: 'example.org', results: [{ method: 'dkim', result: 'fail', properties: { 'header.d': 'example.com' } }],
    }],
    ['a; spf=pass smtp.mailfrom="x; dmarc=pass"@example.com', { server: 'a', results: [{ method: 'spf', result: 'pass', properties: { 'smtp.mailfrom': '"x; dmarc=pass"@example.com' } }] }],
    ['a; helo=b; dkim=', { server: 'a', results: [{ method: 'dkim', result: '', properties: {} }] }],
    ['a; spf=pass (never closed; dmarc=pass', { server: 'a', results: [{ method: 'spf', result: 'pass', properties: {} }] }],
    ['a; spf=pass "never closed; dmarc=pass', { server: 'a', results: [{ method: 'spf', result: 'pass', properties: { dmarc: 'pass' } }] }],
    ['', { server: '', results: [] }],
  ])('%s', (value, parsed) => {
    expect(parseAuthenticationResults(value)).toEqual(parsed);
  });

  test('is taken apart whatever it is', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z=;()"\\ .]{0,40}$/), value => {
      expect(Array.isArray(parseAuthenticationResults(value).results)).toBe(true);
    }), { numRuns: 1000 });
  });
});

describe('raw headers', () => {
  test('are those above the first empty line, unfolded', () => {
    expect(rawHeaders('A: 1\r\nb-C:\r\n two\r\n\tthree \r\nno header\r\nE : 5\r\n\r\nF: 6\r\n')).toEqual([
      { name: 'A', value: '1' }, { name: 'b-C', value: 'two\tthree' }, { name: 'E', value: '5' },
    ]);
  });

  test('may be all that there is', () => {
    expect(rawHeaders(Buffer.from('A: ü'))).toEqual([{ name: 'A', value: 'ü' }]);
    expect(rawHeaders('')).toEqual([]);
    expect(rawHeaders('\r\n\r\nA: 1')).toEqual([]);
  });

  test('end with the first kind of line that ends them', () => {
    expect(rawHeaders('A: 1\n\nB: 2\r\n\r\n')).toEqual([{ name: 'A', value: '1' }]);
  });
});
