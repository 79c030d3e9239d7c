/* The life cycle of each custom resource is shown, row by row: through the real SDK, against fakes that refuse what the services refuse (handlers.test.ts). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What can happen to a custom resource. A test says so, too, where one of them cannot. */
interface LifeCycle {
  readonly create: string;
  readonly updateInPlace: string;
  readonly replacement: string;
  readonly delete: string;
  readonly deleteAfterFailedCreate: string;
  readonly repeatedRequest: string;
  readonly throttling: string;
  readonly partialFailure: string;
  readonly foreignState: string;
}

/** The titles of the tests, by handler and by the kinds of resources that share it. */
const LIFE_CYCLES: Record<string, Record<string, LifeCycle>> = {
  'account/account-settings': {
    before: {
      create: 'it tells in its ID what there was, whoever has set it',
      updateInPlace: 'an update of it tells what it saw first, and asks nothing',
      replacement: 'another setting is looked at; taken back, it tells what there was of the first before anybody changed it',
      delete: 'its deletion asks nothing and changes nothing, also after a look that failed',
      deleteAfterFailedCreate: 'its deletion asks nothing and changes nothing, also after a look that failed',
      repeatedRequest: 'a look that comes again says the same, also from another process',
      throttling: 'it looks again while SES throttles',
      partialFailure: 'that SES cannot tell is not touched',
      foreignState: 'it tells in its ID what there was, whoever has set it',
    },
    setting: {
      create: 'is set to %s, read back, and put back',
      updateInPlace: 'changes, and what was there before the first deployment is still what is put back',
      replacement: 'another setting is set under its own ID, and the Delete that follows puts the first one back',
      delete: 'is set to %s, read back, and put back',
      deleteAfterFailedCreate: 'a Create whose answer SES lost is taken back by the Delete that follows',
      repeatedRequest: 'is tried again when SES throttles, also by the same request in another process',
      throttling: 'is tried again when SES throttles, also by the same request in another process',
      partialFailure: 'that SES never shows fails, and is taken back all the same',
      foreignState: 'that somebody has changed meanwhile is left alone on deletion',
    },
    productionAccess: {
      create: 'is asked for once, in the words of SES, and not waited for',
      updateInPlace: 'tells on an update how it stands now',
      replacement: 'is never replaced by another request: its ID tells how it stands, and the Delete of an ID asks nothing',
      delete: 'stays when the resource goes, and nothing is asked after a request that failed',
      deleteAfterFailedCreate: 'stays when the resource goes, and nothing is asked after a request that failed',
      repeatedRequest: 'that is asked for by a request which comes again, to another process, is asked for once',
      throttling: 'that cannot be asked for while SES throttles is asked for a little later',
      partialFailure: 'whose request arrives while its answer is lost is under review, and pending',
      foreignState: 'that somebody else asks for at the same time is pending',
    },
  },
  'delegation/identity-policy': {
    kind: {
      create: 'writes the policies with the mark of the stack, and names the identity, the stack and the resource in its ID',
      updateInPlace: 'makes what is new, changes what differs, and then deletes the rest, with the old texts in the log',
      replacement: 'writes there under a new ID; the Delete that follows clears the old one',
      delete: 'deletes what was written, also what somebody has changed since, and keeps the texts in the log',
      deleteAfterFailedCreate: 'is refused beside a policy of that name that somebody else wrote, and so its Delete touches nothing',
      repeatedRequest: 'that is delivered again gets the first answer again',
      throttling: 'with SES when it throttles %s',
      partialFailure: 'takes back what it made when a later policy is refused',
      foreignState: 'leaves alone what somebody else has put in the place of ours',
    },
  },
  'dns/route53-in-account': {
    records: {
      create: 'writes all records in one batch and names the zone, the stack and the resource in its ID',
      updateInPlace: 'changes what differs, in one batch',
      replacement: 'writes there under a new ID; the Delete that follows clears the old zone',
      delete: 'removes what was written, and no other',
      deleteAfterFailedCreate: 'is refused beside a record set with %s value, and so its Delete touches nothing',
      repeatedRequest: 'that is delivered again gets the first answer again, since it would be in its own way',
      throttling: 'Route 53 is asked again after %s, and the batch is applied once',
      partialFailure: 'a batch whose answer is lost (%s) is the one that the SDK finds when it sends it again',
      foreignState: 'leaves alone what somebody has changed, and says so',
    },
  },
  'notifications/feedback-notifications': {
    kind: {
      create: 'sets the topics, then stops forwarding, and names the identity, the stack and the resource in its ID',
      updateInPlace: 'changes what differs: topics are set, then forwarding changes, then topics are taken off',
      replacement: 'sets topics there under a new ID; the Delete that follows clears the old one',
      delete: 'forwards again, then takes the topics off, so that the identity is as SES makes it',
      deleteAfterFailedCreate: 'is refused beside the topic of somebody else, and so its Delete touches nothing',
      repeatedRequest: 'that is delivered again gets the first answer again',
      throttling: 'with SES when it throttles %s',
      partialFailure: 'takes back what it did when %s',
      foreignState: 'leaves alone what somebody has put in the place of a topic',
    },
  },
  'proof/dkim-key': {
    key: {
      create: 'a Create makes a key, stores it in its secret, and tells its public half',
      updateInPlace: 'an update changes nothing; another secret gets another key, and is taken back to the first',
      replacement: 'an update changes nothing; another secret gets another key, and is taken back to the first',
      delete: 'a deletion leaves the key, its record and the signing as they are',
      deleteAfterFailedCreate: 'a deletion leaves the key, its record and the signing as they are',
      repeatedRequest: 'a Create that comes again, or after one that failed, finds its key and says the same',
      throttling: 'a key is stored while Secrets Manager throttles',
      partialFailure: 'a key whose storage was answered by nobody is the key of the next Create',
      foreignState: 'what somebody else has put into the secret is neither used nor shown',
    },
    signing: {
      create: 'signs after the deployment, and stays until it is old enough',
      updateInPlace: 'an update of the stack puts no older key back, whatever step the rotation is at',
      replacement: 'another identity signs with the key under an ID of its own; the Delete of the first leaves it signing, for mail is on its way',
      delete: 'a deletion leaves the key, its record and the signing as they are',
      deleteAfterFailedCreate: 'a use that fails half-way leaves the record, which the template may have made and mail may need, and the next one is whole',
      repeatedRequest: 'a use that is asked for again tells SES nothing twice',
      throttling: 'throttling is no end, and a refusal of SES fails with its words',
      partialFailure: 'a use that fails half-way leaves the record, which the template may have made and mail may need, and the next one is whole',
      foreignState: 'a record that somebody has changed is left alone, and the log says so',
    },
  },
  'proof/verification': {
    verification: {
      create: 'it waits until SES has verified the domain, and then no longer',
      updateInPlace: 'an update of the same identity does not wait',
      replacement: 'another identity is waited for, and is another resource',
      delete: 'a deletion asks nothing and deletes nothing, also of %s',
      deleteAfterFailedCreate: 'a deletion asks nothing and deletes nothing, also of %s',
      repeatedRequest: 'an event that comes twice waits twice, from its own start, and both say the same',
      throttling: '%i %s at first is no end',
      partialFailure: 'an update that failed is taken back without a wait',
      foreignState: 'an identity that somebody else has made is looked at, and nothing more: the wait owns nothing',
    },
  },
  'receiving/active-rule-set': {
    before: {
      create: 'it tells in its ID what is active, whosever it is, and what when none is',
      updateInPlace: 'of the function alone keeps what the look has seen',
      replacement: 'of the function alone keeps what the look has seen',
      delete: 'its deletion asks nothing and changes nothing, also after a look that failed',
      deleteAfterFailedCreate: 'its deletion asks nothing and changes nothing, also after a look that failed',
      repeatedRequest: 'a look that comes again says what the first one said, whatever is active by then',
      throttling: 'it looks again while SES throttles',
      partialFailure: 'it fails when SES cannot tell, so that nothing is activated',
      foreignState: 'it tells in its ID what is active, whosever it is, and what when none is',
    },
    activation: {
      create: 'where %s is active, takeOver %s: %s, and %s is',
      updateInPlace: 'to %s (%s is active)',
      replacement: 'it is never replaced: another rule set is another state of the same activation, since an account has one',
      delete: 'where %s was active before, with %s: %s is active',
      deleteAfterFailedCreate: 'fails when SES never does, and takes back what it may have done',
      repeatedRequest: 'a Create that comes again, to another process, finds the set active and activates nothing',
      throttling: 'throttled calls are made again',
      partialFailure: 'a creation where %s is active ends as it began (call %i, %s)',
      foreignState: 'leaves alone what somebody has activated meanwhile (before: %s, %s)',
    },
    shared: {
      create: 'is active: its name is what the template goes on with',
      updateInPlace: 'is not checked again: neither an update nor a deletion asks, since a roll-back could not end otherwise',
      replacement: 'of another name has another ID; the template makes another resource of it, which is checked',
      delete: 'is not checked again: neither an update nor a deletion asks, since a roll-back could not end otherwise',
      deleteAfterFailedCreate: 'is not checked again: neither an update nor a deletion asks, since a roll-back could not end otherwise',
      repeatedRequest: 'is found active by a check that comes again, too',
      throttling: 'is looked at again while SES throttles, and fails when SES cannot tell',
      partialFailure: 'is looked at again while SES throttles, and fails when SES cannot tell',
      foreignState: 'is not active: %s is, and the deployment fails',
    },
  },
  'smtp/smtp-credentials': {
    credentials: {
      create: 'makes a key and stores all that a mail program needs; the ID is the user',
      updateInPlace: 'to another port or host leaves the key and the password',
      replacement: 'to another user is a replacement: it has a key of its own, and the Delete of the one before leaves it alone',
      delete: 'deletes all keys, without which IAM would not let the user go',
      deleteAfterFailedCreate: 'after a Create that failed deletes what may have been left',
      repeatedRequest: 'of a request that comes twice, also to another instance of the function, leaves the key as it is',
      throttling: 'asks throttled services again, and makes one key',
      partialFailure: 'that cannot store the password deletes the key again, and says why',
      foreignState: 'takes a secret in which somebody has written already, and leaves that as the version before',
    },
  },
};

/** The kinds of custom resources that a handler serves: its own life cycle, or that of aws-cdk-lib's framework. */
function kindsOf(text: string): string[] {
  const kinds = [...text.matchAll(/const (\w+): ResourceKind</g)].map(match => match[1]);
  return /^export const handler = verification\(/m.test(text) ? [...kinds, 'verification'] : kinds;
}

/** The files that test a handler. */
function testsOf(handler: string): string {
  const files = [`test/${handler}.lambda.test.ts`, 'test/proof/dkim-rotation.lambda.test.ts'].filter(existsSync);
  return files.filter(file => readFileSync(file, 'utf8').includes(`/${handler}.lambda'`)).map(file => readFileSync(file, 'utf8')).join('\n');
}

const handlers = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.lambda.ts'))
  .map(file => ({ handler: file.slice(0, -'.lambda.ts'.length), text: readFileSync(join('src', file), 'utf8') }));

test('each kind of custom resource has its matrix', () => {
  const found = handlers.flatMap(({ handler, text }) => kindsOf(text).map(kind => `${handler} ${kind}`)).sort();
  expect(Object.entries(LIFE_CYCLES).flatMap(([handler, kinds]) => Object.keys(kinds).map(kind => `${handler} ${kind}`)).sort()).toEqual(found);
});

test('no handler of CloudFormation goes another way', () => {
  const others = handlers.filter(({ text }) => /CloudFormationCustomResource|RequestType|customResource\b/.test(text) && kindsOf(text).length === 0);
  expect(others.map(({ handler }) => handler)).toEqual([]);
});

describe.each(Object.entries(LIFE_CYCLES))('%s', (handler, kinds) => {
  const tests = testsOf(handler);

  test.each(Object.entries(kinds))('each row of %s is a test that runs', (_, rows) => {
    const titles = new Set([...tests.matchAll(/^ *(?:test(?:\.each.*)?\(|.*\]\)\(|.*\)\)\)\(|.*\)\)\(|)'((?:[^'\\]|\\.)*)', (?:async )?\(?/gm)].map(match => match[1]));
    expect(Object.entries(rows).filter(([, title]) => !titles.has(title))).toEqual([]);
  });
});
