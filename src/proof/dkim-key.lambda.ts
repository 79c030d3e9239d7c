/*
 * DKIM keys. Two resources share this function:
 *
 * - One makes a key, once, and stores it in a secret. A secret that has a key already keeps it: it is this request again, or an earlier try. It deletes nothing: what
 *   becomes of the key is what becomes of the secret.
 * - One has an identity sign with the key of a secret that is rotated. It looks which key that is by now, so an update of the stack never puts an older one back.
 *   It deletes nothing either: mail that is on its way is verified for days, and an identity without a key does not sign.
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import type { CloudFormationCustomResourceUpdateEvent } from 'aws-lambda';
import {
  DKIM_KEY_ATTRIBUTES, DKIM_KEY_RESOURCE_TYPE, DKIM_SIGNING_RESOURCE_TYPE, type DkimKeyProperties, type SigningSettings,
} from './dkim-key-constants';
import { makeKey, Phase, readState, recordText, writeState } from './dkim-key-secret.lambda-shared';
import { isToldToSign, lookAt, publish, sign } from './dkim-signing.lambda-shared';
import { customResource, log, type ResourceKind } from '../private/custom-resource.lambda-shared';
import { withNewPermission } from '../private/new-permission.lambda-shared';
import { OctetEscape, quoteTxt } from '../records/txt';

const secrets = new SecretsManagerClient({ maxAttempts: 8 });
const ses = new SESv2Client({ maxAttempts: 8 });

const SEPARATOR = ':';

const key: ResourceKind<DkimKeyProperties> = {
  // what is public of the key: templates read it from every answer
  physicalId: (_, event, found) => found ?? (event as { PhysicalResourceId?: string }).PhysicalResourceId!,
  attributes: physicalId => {
    const [selector, versionId, publicKey] = physicalId.split(SEPARATOR);
    // the template stands the text between quotation marks: those inside part it into strings of 255 octets
    const text = quoteTxt(recordText({ selector, publicKey }), OctetEscape.ROUTE53).slice(1, -1);
    return { [DKIM_KEY_ATTRIBUTES.selector]: selector, [DKIM_KEY_ATTRIBUTES.versionId]: versionId, [DKIM_KEY_ATTRIBUTES.recordText]: text };
  },
  create: makeOnce,
  update: async (properties, old, _signal, event) => {
    if (properties.SecretArn !== old.SecretArn) return makeOnce(properties);
    if (old.Rotated && !properties.Rotated) await refuseAfterRotation(properties, event as CloudFormationCustomResourceUpdateEvent);
    return undefined;
  },
  delete: async () => {},
};

const signing: ResourceKind<SigningSettings> = {
  physicalId: ({ Identity }) => `dkim-signing:${Identity}`,
  create: letSign,
  update: (settings, _, signal) => letSign(settings, signal),
  delete: async () => {},
};

const handlers: Record<string, ReturnType<typeof customResource>> = {
  [DKIM_KEY_RESOURCE_TYPE]: customResource(key),
  [DKIM_SIGNING_RESOURCE_TYPE]: customResource(signing),
};

export const handler: ReturnType<typeof customResource> = (event, context) => handlers[event.ResourceType](event, context);

async function makeOnce({ SecretArn, SelectorPrefix }: DkimKeyProperties): Promise<string> {
  const known = await withNewPermission(() => readState(secrets, SecretArn));
  const state = known ?? await makeKey(SelectorPrefix);
  // the same content is the same version
  const versionId = await withNewPermission(() => writeState(secrets, SecretArn, state));
  log(known ? 'the secret has a key' : 'a key was made', { secret: SecretArn, selector: state.selector });
  return [state.selector, versionId, state.publicKey].join(SEPARATOR);
}

/**
 * A template without rotation tells SES the first key. As long as that one signs, all is well: it may be a roll-back of the deployment which has added the rotation.
 */
async function refuseAfterRotation({ SecretArn }: DkimKeyProperties, { PhysicalResourceId }: CloudFormationCustomResourceUpdateEvent): Promise<void> {
  const state = await withNewPermission(() => readState(secrets, SecretArn));
  const [first] = PhysicalResourceId.split(SEPARATOR);
  if (!state || (state.selector === first && (state.next ?? { phase: Phase.PUBLISHING }).phase === Phase.PUBLISHING)) return;
  throw new Error(`the key ${first} of ${SecretArn} has been replaced by its rotation, and a DkimKeyPair without \`rotation\` signs with ${first}: leave \`rotation\` as it is, ` +
    'or give the domain another DkimKeyPair, without it. Nothing was changed.');
}

async function letSign(settings: SigningSettings, signal: AbortSignal): Promise<void> {
  const state = await withNewPermission(() => readState(secrets, settings.SecretArn));
  if (!state) throw new Error(`the secret ${settings.SecretArn} is empty; deploy again`);
  await publish(settings, state, signal);
  const identity = await lookAt(settings, ses);
  if ([state, ...state.next ? [state.next] : []].some(one => isToldToSign(identity, one))) return;
  await sign(settings, state, ses);
}
