export { DeliveryDelays } from './delivery-delays';
export { type AccountGuardOptions, GuardedRate, type ReputationGuardProps } from './guard-props';
export { type AccountThresholds, type RateThresholds, type StreamRateThresholds, type StreamThresholds } from './guard-thresholds';
export { ReputationGuard } from './reputation-guard';
export { SendSurge } from './send-surge';
export { SesMetrics } from './ses-metrics';
export { SndsFigure, SndsMetrics, type SndsMetricsOptions } from './snds-metrics';
export { StreamAlarms, type StreamAlarmsProps } from './stream-alarms';
