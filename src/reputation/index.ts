export { type AlarmRecipients } from './alarm-recipients';
export { DeliveryDelays } from './delivery-delays';
export { MailSurge } from './mail-surge';
export { SesMetrics } from './ses-metrics';
export { SndsAlarms, type SndsAlarmsProps } from './snds-alarms';
export { SndsFigure, SndsMetrics, type SndsMetricsOptions } from './snds-metrics';
export { StreamAlarms, type StreamAlarmsProps } from './stream-alarms';
