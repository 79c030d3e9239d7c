export { type AccountGuardOptions, GuardedRate, type ReputationGuardProps } from './guard-props';
export { type AccountThresholds, type RateThresholds, type StreamRateThresholds, type StreamThresholds } from './guard-thresholds';
export { ReputationGuard } from './reputation-guard';
