import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const TIMEOUT_MS = 60_000;
const temporary = mkdtempSync(join(tmpdir(), 'postmaster-demo-test-'));
jest.setTimeout(TIMEOUT_MS);
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Runs the demo in a shell that is set up for AWS, which it must not notice. */
function demo(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [require.resolve('tsx/cli'), join('bin', 'demo.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: temporary, CDK_DEFAULT_REGION: 'us-east-1', CDK_DEFAULT_ACCOUNT: '444455556666', AWS_PROFILE: 'nobody' },
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  return { status, stdout, stderr, lines: stdout.split('\n'), left: readdirSync(temporary).filter(name => name.startsWith('postmaster-demo-')) };
}

describe('the demo', () => {
  const usual = demo();

  test('ends well, says that SPF, DKIM and DMARC pass, and leaves nothing behind', () => {
    expect(usual).toMatchObject({ status: 0, stderr: '', left: [] });
    expect(usual.stdout).toMatch(/^ {2}SPF +pass +aligned +bounce\.example\.com lets 192\.0\.2\.25 send$/m);
    expect(usual.stdout).toMatch(/^ {2}DKIM +pass +aligned +signed by example\.com/m);
    expect(usual.stdout).toMatch(/^ {2}DMARC +pass +v=DMARC1;p=quarantine/m);
    expect(usual.lines.at(-2)).toBe('PASS  example.com authenticates by SPF, DKIM and DMARC.');
  });

  test('names what a deploy creates, and what would become of mail without each record', () => {
    expect(usual.stdout).toContain('1 x AWS::SES::EmailIdentity\n');
    expect(usual.stdout).toContain('1 x AWS::Route53::RecordSetGroup with 6 record sets\n');
    expect(usual.stdout.match(/needed; without it:/g)).toHaveLength(6);
    expect(usual.stdout).toMatch(/^ {2}_dmarc\.example\.com +TXT .* needed; without it: DMARC none/m);
  });

  test('shows a zone file and the way to a deployment', () => {
    expect(usual.stdout).toContain('_dmarc.example.com. 1800 IN TXT "v=DMARC1;p=quarantine;rua=mailto:dmarc@example.com"');
    expect(usual.stdout).toContain('npx cdk deploy -c domainName=example.com');
  });

  test('fits a terminal of 120 columns, without colours where there is no terminal', () => {
    expect(usual.lines.filter(line => line.length > 120)).toEqual([]);
    expect(usual.stdout).not.toContain('\u001b');
  });

  test('works for a sub-domain in the zone of its parent too', () => {
    const { status, stdout, lines } = demo('-c', 'domainName=news.example.org', '-c', 'hostedZoneName=example.org', '-c', 'dmarc=reject');
    expect([status, lines.at(-2)]).toEqual([0, 'PASS  news.example.org authenticates by SPF, DKIM and DMARC.']);
    expect(stdout).toContain('bounce.news.example.org lets 192.0.2.25 send');
    expect(lines.filter(line => line.length > 120)).toEqual([]);
  });

  test('ends badly, with the reason, when the app cannot be synthesized or publishes nothing', () => {
    const refused = demo('-c', 'mailFrom=no_label');
    expect([refused.status, refused.left]).toEqual([1, []]);
    expect(refused.stderr).toContain('bin/app.ts does not synthesize');
    expect(refused.stderr).toContain('MAIL FROM domain "no_label.example.com"');
    const elsewhere = demo('-c', 'dnsRoleArn=arn:aws:iam::444455556666:role/dns');
    expect([elsewhere.status, elsewhere.left]).toEqual([1, []]);
    expect(elsewhere.stderr).toContain('the template publishes no record in Route 53');
  });
});
