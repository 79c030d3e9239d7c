export { DmarcMeasure, type SendBounceOptions } from './dmarc-measure';
export { type BounceSpamOptions, Gate } from './gate';
export {
  type AuthenticationGateOptions, type DmarcGateOptions, GateFailure, type GateOptions, type QuarantineOptions, type SpamGateOptions,
} from './gate-options';
export { MailMatch } from './mail-match';
export { type MailLogOptions } from './mail-log';
export { Verdict, VerdictStatus } from './verdict';
