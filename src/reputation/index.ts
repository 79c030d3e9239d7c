export { DeliveryDelays } from './delivery-delays';
export { SendSurge } from './send-surge';
export { SesMetrics } from './ses-metrics';
export { SndsFigure, SndsMetrics, type SndsMetricsOptions } from './snds-metrics';
export { StreamAlarms, type StreamAlarmsProps } from './stream-alarms';
