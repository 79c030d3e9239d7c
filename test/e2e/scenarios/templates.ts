import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lint, RECEIVING_REGIONS, REGIONS } from '../cfn-lint';
import { cleanEnvironment, run, temporaryFolder } from '../process';
import type { Scenario } from '../scenario';

/** What `bin/app.ts` may be told. */
const CONTEXTS: Record<string, Record<string, string>> = {
  'in Route 53': { domainName: 'example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ', removalPolicy: 'destroy' },
  'in a parent zone': {
    domainName: 'mail.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ', hostedZoneName: 'example.com', dmarc: 'reject', reportTo: 'dmarc@example.com',
  },
  'in another account': {
    domainName: 'example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ', dnsRoleArn: 'arn:aws:iam::222222222222:role/mail-dns', mailFrom: 'mail',
  },
  'elsewhere': { domainName: 'example.com', dmarc: 'quarantine' },
};

export const scenario: Scenario = {
  title: 'no template has an error in three Regions of two partitions',
  async play({ report, venv }) {
    const { step } = report;
    const templates: string[] = [];
    for (const [name, context] of Object.entries(CONTEXTS)) {
      templates.push(...await step(`bin/app.ts ${name}`, () => synthesize('bin/app.ts', context)));
    }
    for (const app of examples()) {
      templates.push(...await step(app, () => synthesize(app, {})));
    }
    const receiving = templates.filter(template => has(template, 'AWS::SES::ReceiptRule'));
    const distributed = templates.filter(template => !receiving.includes(template) && has(template, 'AWS::CloudFront::Distribution'));
    const elsewhere = templates.filter(template => !receiving.includes(template) && !distributed.includes(template));
    // AWS GovCloud has no CloudFront, and the library refuses it there
    const commercial = REGIONS.filter(region => !region.startsWith('us-gov-'));
    for (const [found, regions] of [[elsewhere, REGIONS], [distributed, commercial], [receiving, RECEIVING_REGIONS]] as const) {
      await step(`cfn-lint, ${found.length} templates in ${regions.join(', ')}`, async () => {
        assert.notEqual(found.length, 0);
        const { errors, warnings } = await lint(venv, found, regions);
        if (warnings.length > 0) report.note(`${warnings.length} warnings:\n${warnings.join('\n')}`);
        assert.equal(errors.length, 0, errors.join('\n'));
      });
    }
  },
};

function has(template: string, resourceType: string) {
  return readFileSync(template, 'utf8').includes(`"${resourceType}"`);
}

function examples() {
  if (!existsSync('examples')) return [];
  return readdirSync('examples').map(story => join('examples', story, 'app.ts')).filter(app => existsSync(app)).sort();
}

/** Runs an app as the CDK CLI does, without the CLI's own start-up time, and answers with the templates it made. */
async function synthesize(app: string, context: Record<string, string>) {
  const outdir = temporaryFolder(app.replace(/[^a-z0-9]+/g, '-'));
  const flags = (JSON.parse(readFileSync('cdk.json', 'utf8')) as { context?: object }).context;
  const { code, output } = await run(resolve('node_modules/.bin/tsx'), [app], {
    env: { ...cleanEnvironment(outdir), CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }) },
    timeoutSeconds: 120,
  });
  assert.equal(code, 0, `${app} failed:\n${output}`);
  // a stage is a folder with an assembly of its own
  const found = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.template.json'));
  assert.notEqual(found.length, 0, `${app} made no template`);
  return found.map(file => join(outdir, file));
}
