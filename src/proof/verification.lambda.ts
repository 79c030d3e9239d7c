/*
 * Waits until SES has verified an identity.
 */
import { Resolver } from 'node:dns/promises';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { verification } from './verification.lambda-shared';
import { PATIENT } from '../private/patience.lambda-shared';

export const handler = verification(new SESv2Client(PATIENT), new Resolver({ timeout: 2000, tries: 2 }));
