/*
 * Settings of the SES account, which exist as API calls only. Three resources share this function:
 *
 * - One looks how a setting is before anything is changed, and tells it in its physical ID. CloudFormation keeps that and hands it to the next, so a repeated,
 *   failed or unheard request still knows what there was.
 * - One makes a setting. When it is deleted, what was there before is there again, if nobody has changed it meanwhile and if that is wanted.
 * - One asks for production access, and never waits: people answer, in a day or so.
 */
import { ConflictException, GetAccountCommand, NotFoundException, PutAccountDetailsCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { ContactLanguage, GetAccountCommandOutput, MailType } from '@aws-sdk/client-sesv2';
import type { CloudFormationCustomResourceUpdateEvent } from 'aws-lambda';
import {
  ACCOUNT_BEFORE_RESOURCE_TYPE, ACCOUNT_SETTING_RESOURCE_TYPE, ACCOUNT_SETTINGS, type AccountBeforeProperties, AccountSettingDeletion,
  type AccountSettingProperties, PRODUCTION_ACCESS_RESOURCE_TYPE, type ProductionAccessProperties, STATUS_ATTRIBUTE, VALUE_ATTRIBUTE,
} from './account-constants';
import { accountSetting } from './account-setting.lambda-shared';
import { customResource, log, readBack, type ResourceKind } from '../private/custom-resource.lambda-shared';
import { withNewPermission } from '../private/new-permission.lambda-shared';
import { SES_POOLS } from '../ses/names';

/** What begins the physical ID of a look, and of a request. */
const BEFORE = 'before:';
const ACCESS = 'production-access:';

/** SES takes one such call a second; the SDK makes a throttled one again, after growing, jittered pauses. */
const ses = new SESv2Client({ maxAttempts: 8 });

const before: ResourceKind<AccountBeforeProperties> = {
  physicalId: (_, __, found) => `${BEFORE}${found}`,
  attributes: physicalId => ({ [VALUE_ATTRIBUTE]: seen(physicalId)[0][1] }),
  create: async ({ Setting }, signal) => sights([[Setting, await look(Setting, signal)]]),
  // an address that a parameter gives may become another one; what was seen of the first counts again when that is taken back
  update: async ({ Setting }, _, signal, event) => {
    const known = seen((event as CloudFormationCustomResourceUpdateEvent).PhysicalResourceId);
    const [own = [Setting, await look(Setting, signal)]] = known.filter(([setting]) => setting === Setting);
    return sights([own, ...known.filter(([setting]) => setting !== Setting).slice(0, 1)]);
  },
  delete: async () => {},
};

/** Settings and what there was of them, the one that counts first: what the physical ID of a look says. */
type Sight = [setting: string, value: string];

function sights(all: Sight[]): string {
  return all.map(sight => sight.join('=')).join('|');
}

function seen(physicalId: string): Sight[] {
  return physicalId.slice(BEFORE.length).split('|').map(sight => sight.split('=') as Sight);
}

const setting: ResourceKind<AccountSettingProperties> = {
  physicalId: ({ Setting }) => Setting,
  create: ({ Setting, Value }, signal) => write(Setting, Value, signal),
  update: ({ Setting, Value }, _, signal) => write(Setting, Value, signal),
  delete: async (properties, signal) => {
    if (properties.OnDelete !== AccountSettingDeletion.KEEP) await putBack(properties, signal);
  },
  takeBack: putBack,
};

const productionAccess: ResourceKind<ProductionAccessProperties> = {
  physicalId: (_, event, found) => found === undefined && event.RequestType !== 'Create' ? event.PhysicalResourceId : `${ACCESS}${found}`,
  attributes: physicalId => ({ [STATUS_ATTRIBUTE]: physicalId.slice(ACCESS.length) }),
  create: ask,
  update: (properties, _, signal) => ask(properties, signal),
  // what people have granted, nobody can give back
  delete: async () => {},
};

const handlers: Record<string, ReturnType<typeof customResource>> = {
  [ACCOUNT_BEFORE_RESOURCE_TYPE]: customResource(before),
  [ACCOUNT_SETTING_RESOURCE_TYPE]: customResource(setting),
  [PRODUCTION_ACCESS_RESOURCE_TYPE]: customResource(productionAccess),
};

export const handler: ReturnType<typeof customResource> = (event, context) => handlers[event.ResourceType](event, context);

/** Sets a value unless it is there already, and reads back. */
async function write(name: string, value: string, signal: AbortSignal): Promise<void> {
  if (await read(name, signal) === value) return;
  await withNewPermission(() => accountSetting(name, ses).write(value, signal));
  log('set', { setting: name, value });
  await readBack(() => read(name, signal), value, found => `SES was told to set ${name} to ${value} and says that it is ${found}; deploy again`);
}

/** Puts back what there was, unless somebody else has changed it since. A pool that is gone has the default one in its place. */
async function putBack({ Setting, Value, Before }: AccountSettingProperties, signal: AbortSignal): Promise<void> {
  const found = await read(Setting, signal);
  if (found !== Value) return log('left alone: somebody has changed it', { setting: Setting, found, ours: Value });
  try {
    await write(Setting, Before, signal);
  } catch (error) {
    if (!(error instanceof NotFoundException) || !Setting.startsWith(ACCOUNT_SETTINGS.dedicatedIp)) throw error;
    log('what was there before is gone', { setting: Setting, before: Before });
    await write(Setting, SES_POOLS.defaultDedicated, signal);
  }
}

function read(name: string, signal: AbortSignal): Promise<string | undefined> {
  return withNewPermission(() => accountSetting(name, ses).read(signal));
}

/** What is there before anything is changed. */
async function look(name: string, signal: AbortSignal): Promise<string> {
  const found = await read(name, signal);
  if (found !== undefined) return found;
  const ip = name.slice(ACCOUNT_SETTINGS.dedicatedIp.length);
  throw new Error(`the account has no dedicated IP address ${ip} in this Region; \`aws sesv2 get-dedicated-ips\` lists those that it has`);
}

/** Asks, unless there is access already, or an answer to come, or one that the support case is about. Returns how it stands. */
async function ask(properties: ProductionAccessProperties, signal: AbortSignal): Promise<string> {
  const status = statusOf(await withNewPermission(() => ses.send(new GetAccountCommand({}), { abortSignal: signal })));
  if (status !== undefined) {
    log('production access: nothing to ask for', { status });
    return status;
  }
  const { MailType: type, WebsiteUrl, ContactLanguage: language, UseCaseDescription, AdditionalContacts } = properties;
  const request = new PutAccountDetailsCommand({
    MailType: type as MailType,
    WebsiteURL: WebsiteUrl,
    ContactLanguage: language as ContactLanguage,
    UseCaseDescription,
    AdditionalContactEmailAddresses: AdditionalContacts,
    ProductionAccessEnabled: true,
  });
  try {
    await withNewPermission(() => ses.send(request, { abortSignal: signal }));
    log('production access: asked for', { mailType: type });
  } catch (error) {
    // another request is under review
    if (!(error instanceof ConflictException)) throw error;
  }
  return 'PENDING';
}

/** How a request stands; undefined where one can be made. After a denial, AWS talks in its support case, and takes no request. */
function statusOf({ ProductionAccessEnabled, Details }: GetAccountCommandOutput): string | undefined {
  if (ProductionAccessEnabled) return 'GRANTED';
  const { Status, CaseId } = Details?.ReviewDetails ?? {};
  if (Status === 'PENDING') return 'PENDING';
  return Status === 'DENIED' ? `DENIED${CaseId ? ` (support case ${CaseId})` : ''}` : undefined;
}
