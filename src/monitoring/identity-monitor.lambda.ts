/*
 * Asks SES and public DNS how identities are, and publishes the answers as metrics.
 */
import { Resolver } from 'node:dns/promises';
import { SESClient } from '@aws-sdk/client-ses';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { identityMonitor } from './identity-look.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

export const handler = identityMonitor({
  ses: new SESv2Client(PATIENT),
  sesV1: new SESClient(PATIENT),
  resolver: new Resolver({ timeout: 2000, tries: 2 }),
});
