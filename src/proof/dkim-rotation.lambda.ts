/*
 * Takes the next step of the rotation of a DKIM key, if there is one to take.
 */
import { Resolver } from 'node:dns/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import type { Context } from 'aws-lambda';
import { ROTATION_ENV, type RotationSettings } from './dkim-key-constants';
import { rotate, type RotationServices } from './dkim-rotation.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

const services: RotationServices = {
  secrets: new SecretsManagerClient(PATIENT),
  ses: new SESv2Client(PATIENT),
  resolver: new Resolver({ timeout: 2000, tries: 2 }),
};

export async function handler(_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  const settings = JSON.parse(process.env[ROTATION_ENV]!) as RotationSettings;
  await rotate(settings, services, AbortSignal.timeout(context.getRemainingTimeInMillis() - 5_000));
}
