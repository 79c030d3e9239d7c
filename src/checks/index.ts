export { MailChecks } from './mail-checks';
