import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { SES } from '@aws-sdk/client-ses';
import PostalMime from 'postal-mime';
import { sameLines } from '../check';
import type { Emulator } from '../emulator';
import { Inbox } from '../inbox';
import { type Delivery, IncomingMailServer } from '../incoming-mail';
import { comparable, recordsByTheBook } from '../mail-domain';
import type { Scenario } from '../scenario';

const DOMAIN = 'example.com';
const STACK = 'Inbox';
const SETUP = 'AMAZON_SES_SETUP_NOTIFICATION';

/** What the forwarder hands to SES. */
interface Sent {
  readonly FromEmailAddress: string;
  readonly FeedbackForwardingEmailAddress: string;
  readonly Destination: { readonly ToAddresses: string[] };
  readonly Content: { readonly Raw: { readonly Data: string } };
}

export const scenario: Scenario = {
  title: 'a domain receives: mail goes through gates and the forwarder as deployed code, and what was active before is active in the end',
  async play({ report: { step }, emulator, region, aws, cdk }) {
    const ses = new SES(aws.config);
    const s3 = new S3({ ...aws.config, forcePathStyle: true });
    const zoneId = await aws.createZone(DOMAIN);
    const options = { app: 'npx tsx test/e2e/apps/inbox.ts', context: { hostedZoneId: zoneId } };
    await ses.createReceiptRuleSet({ RuleSetName: 'before' });
    await ses.setActiveReceiptRuleSet({ RuleSetName: 'before' });
    await step('cdk bootstrap', () => cdk.bootstrap());

    const { outputs } = await step('cdk deploy', () => cdk.deploy(options));
    const made = outputs[STACK];
    const physicalIds = await aws.physicalIds(STACK);
    const stackId = await aws.stackId(STACK);
    const objects = async () => ((await s3.listObjectsV2({ Bucket: made.LettersIs })).Contents ?? []).map(({ Key }) => Key!);
    const stored = async (Key: string) => (await s3.getObject({ Bucket: made.LettersIs, Key })).Body!.transformToString();

    await step('the MX records are by the book, for the domain and for its subdomains, beside the records of the domain', async () => {
      const mx = [DOMAIN, `\\052.${DOMAIN}`].map(name => `${name}. MX 10 inbound-smtp.${region}.amazonaws.com`);
      sameLines(comparable(await aws.zoneRecords(zoneId)).map(line => line.replace('*', '\\052')), [...await recordsByTheBook(aws, { domain: DOMAIN }), ...mx], 'zone');
    });
    await step('the rule set is active, with its rules in the order in which they were declared, scanned and enabled', async () => {
      const { Metadata, Rules } = await ses.describeActiveReceiptRuleSet({});
      assert.deepEqual([Metadata?.Name, ...Rules!.map(({ Name }) => Name).slice(0, 4)], ['inbox', 'log', 'spam', 'forged', 'support']);
      assert.deepEqual(Rules!.map(({ Enabled, ScanEnabled }) => [Enabled, ScanEnabled]), Array(5).fill([true, true]));
      assert.deepEqual(Rules![4].Recipients, ['sales@example.com']);
    });
    await step('SES has tried the bucket out at each place that mail goes to', async () => {
      sameLines(await objects(), ['quarantine/', 'support/', 'forwarding/'].map(prefix => `${prefix}${SETUP}`), 'objects');
    });

    const server = new IncomingMailServer(aws, emulator, [DOMAIN]);
    const actionsOf = ({ rules }: Delivery) => Object.fromEntries(rules.filter(({ actions }) => actions.length > 0).map(({ rule, actions }, index) =>
      [index === 3 && rule !== 'support' ? 'sales' : rule, actions.map(({ type }) => type)]));
    const notices = new Inbox(aws, made.QueueIs);

    await step('mail to support@ and to a subdomain passes the gates and is stored, and the topic tells of it', async () => {
      for (const recipient of ['support+urgent@example.com', 'anybody@shop.example.com']) {
        const delivery = await server.deliver({ to: [recipient] });
        assert.deepEqual(actionsOf(delivery), { log: ['Lambda'], spam: ['Lambda'], forged: ['Lambda'], support: ['AddHeader', 'S3', 'Stop'] });
        assert.equal(await stored(`support/${delivery.messageId}`), `X-Desk: support\r\n${delivery.raw}`);
      }
      const told = (await notices.told()).map(({ message }) => JSON.parse(message) as { receipt: { recipients: string[] } });
      assert.deepEqual(told.map(({ receipt }) => receipt.recipients), [['support+urgent@example.com'], ['anybody@shop.example.com']]);
    });
    await step('spam is put aside, and goes no further', async () => {
      const delivery = await server.deliver({ to: ['sales@example.com', 'support@example.com'], receipt: { spamVerdict: { status: 'FAIL' } } });
      assert.deepEqual(actionsOf(delivery), { log: ['Lambda'], spam: ['Lambda', 'S3', 'Stop'] });
      assert.equal(await stored(`quarantine/${delivery.messageId}`), delivery.raw);
    });
    await step('forged mail is bounced where the domain in From asks to reject it, unless the bounce would hit somebody else', async () => {
      const forged = { dmarcVerdict: { status: 'FAIL' }, dmarcPolicy: 'reject' };
      const { messageId, ...delivery } = await server.deliver({ to: ['sales@example.com'], receipt: forged });
      assert.deepEqual(actionsOf({ messageId, ...delivery }), { log: ['Lambda'], spam: ['Lambda'], forged: ['Lambda'] });
      await server.deliver({ to: ['sales@example.com'], receipt: { ...forged, spfVerdict: { status: 'FAIL' } } });
      const { bounces } = await emulator.happens('bounces', {}) as { bounces: { OriginalMessageId: string; BounceSender: string; BouncedRecipientInfoList: object[] }[] };
      assert.deepEqual(bounces.map(({ OriginalMessageId, BouncedRecipientInfoList }) => [OriginalMessageId, BouncedRecipientInfoList]), [
        [messageId, [{ Recipient: 'sales@example.com', BounceType: 'ContentRejected' }]],
      ]);
      assert.match(bounces[0].BounceSender, /@example\.com$/);
    });
    await step('mail from the blocked network is refused, but not from the server that is allowed', async () => {
      const [blocked, allowed] = await Promise.all(['192.0.2.8', '192.0.2.7'].map(ip => server.deliver({ to: ['support@example.com'], ip })));
      assert.deepEqual([blocked.refusal?.by, allowed.accepted], ['ipFilter', true]);
    });
    await step('mail for nobody is taken by the rules for everybody, which keep nothing of it', async () => {
      const delivery = await server.deliver({ to: ['nobody@example.com'] });
      assert.deepEqual(actionsOf(delivery), { log: ['Lambda'], spam: ['Lambda'], forged: ['Lambda'] });
    });

    const letter = { to: ['sales@example.com'], headers: { 'Subject': 'Books', 'Reply-To': 'orders@example.net', 'Content-Type': 'text/plain; charset=utf-8' }, body: 'Zwei Bücher, bitte.' };
    const copies = await step('mail to sales@ is forwarded to both mailboxes by the deployed function', async () => {
      const delivery = await server.deliver(letter);
      assert.deepEqual(actionsOf(delivery), { log: ['Lambda'], spam: ['Lambda'], forged: ['Lambda'], sales: ['S3'] });
      return sent(emulator, 2);
    });
    await step('the copies are sent in the name of the author, answers go to where the author wants them, and the text is untouched', async () => {
      sameLines(copies.flatMap(({ Destination }) => Destination.ToAddresses), ['ann@example.org', 'bob@example.net'], 'destinations');
      const returnPaths = copies.map(({ FeedbackForwardingEmailAddress }) => FeedbackForwardingEmailAddress);
      assert.equal(new Set(returnPaths).size, 2, 'a return path for each destination');
      for (const { FromEmailAddress, Content } of copies) {
        const mail = await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64'));
        assert.deepEqual([FromEmailAddress, mail.from?.address, mail.from?.name], [made.SenderIs, made.SenderIs, 'Jane Doe via sales']);
        assert.deepEqual([mail.replyTo?.[0].address, mail.subject, mail.text?.trim()], ['orders@example.net', 'Books', letter.body]);
      }
    });
    await step('a copy that comes back is not forwarded again', async () => {
      const raw = Buffer.from(copies[0].Content.Raw.Data, 'base64').toString();
      const headers = Object.fromEntries([...raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ').matchAll(/^([\w-]+): (.*)$/gm)].map(([, name, value]) => [name, value]));
      const { messageId } = await server.deliver({ to: ['sales@example.com'], headers });
      await logged(async () => (await aws.logLines(made.ForwarderIs)).some(line => line.includes(messageId) && line.includes('NotForwarded')));
      assert.equal((await sent(emulator, 2)).length, 2);
      assert.deepEqual(await new Inbox(aws, made.DeadLettersIs).all(), []);
    });
    await step('all mail that was taken is in the log, without addresses', async () => {
      const lines = await aws.logLines(made.LogIs);
      assert.equal(lines.filter(line => line.includes('spamVerdict')).length, 9);
      assert.doesNotMatch(lines.join('\n'), /jane@example\.net|sales@example\.com/);
    });

    await step('cdk destroy', () => cdk.destroy(options));
    await step('what was active before is active again; only mail is left', async () => {
      assert.equal((await ses.describeActiveReceiptRuleSet({})).Metadata?.Name, 'before');
      assert.deepEqual((await ses.listReceiptRuleSets({})).RuleSets!.map(({ Name }) => Name), ['before']);
      assert.deepEqual((await ses.listReceiptFilters({})).Filters, []);
      assert.equal(await aws.stackStatus(STACK), undefined);
      const deleted = new Set(await aws.deletedResources(stackId));
      assert.deepEqual(Object.entries(physicalIds).filter(([id]) => !deleted.has(id)).map(([, name]) => name), [made.LettersIs]);
      sameLines(await aws.zoneRecords(zoneId), [], 'zone');
      assert.equal((await objects()).length, 9);
    });
  },
};

/** What was sent, once it is as much as is waited for. */
async function sent(emulator: Emulator, count: number): Promise<Sent[]> {
  const all = async () => (await emulator.happens('sent', {})).sent as Sent[];
  await logged(async () => (await all()).length >= count);
  return all();
}

async function logged(happened: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !await happened(); tries++) {
    if (tries > 150) throw new Error('it did not happen within 30 seconds');
    await sleep(200);
  }
}
