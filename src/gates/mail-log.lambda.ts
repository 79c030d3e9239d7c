/*
 * Writes what SES tells of received mail into the log of the function, one line for each message. It may be there twice: SES and Lambda call at least once.
 */
import { MAIL_LOG_VARIABLE, type MailLogSettings } from './mail-log-constants';
import { redactRecord } from '../events/redaction';
import { parseReceivedMail } from '../inbox/parse-received-mail';

export const handler = async (event: unknown): Promise<void> => {
  const { rule, redactPersonalData } = JSON.parse(process.env[MAIL_LOG_VARIABLE]!) as MailLogSettings;
  for (const { mail, receipt } of parseReceivedMail(event)) {
    const entry = { notice: 'mail received', rule, mail, receipt };
    console.log(JSON.stringify(redactPersonalData ? redactRecord(entry) : entry));
  }
};
