/** What the construct tells the function, as JSON in the environment variable FEEDBACK. */
export interface FeedbackSettings {
  /** The value of the dimension of its metrics. */
  readonly pipeline: string;
  readonly tableName: string;
  /** The name or the ARN of the bus. */
  readonly eventBus: string;
  readonly ambiguousComplaints: 'suppressAll' | 'mark';
  /** After how many bounces for now an address is suppressed, and in how long a time. */
  readonly transientBounces?: { readonly count: number; readonly seconds: number };
  /** How long what happened to an address is kept. */
  readonly retentionSeconds: number;
}

/** The environment variable that holds the settings. */
export const FEEDBACK_VARIABLE = 'FEEDBACK';

/** What the pipeline's own events on the bus are called. Their detail is a `Feedback` with `suppressed`; their resource is the queue of the pipeline. */
export const FEEDBACK_EVENT = { source: 'cdk-postmaster.feedback', detailType: 'Mail Feedback' } as const;

/** The keys of the table, and the attribute by which its items expire. */
export const FEEDBACK_TABLE = { partitionKey: 'address', sortKey: 'key', timeToLive: 'expires' } as const;

/** The value of a dimension for all that this library does not know: each value is a metric which is billed, and others make them up. */
export const OTHER = 'Other';

/** The metrics of a pipeline, their dimension, and the dimensions of those that are told apart further. */
export const FEEDBACK_METRICS = {
  pipeline: 'FeedbackPipeline',
  type: 'Type',
  subType: 'SubType',
  list: 'List',
  bounces: 'Bounces',
  hardBounces: 'HardBounces',
  complaints: 'Complaints',
  securityReports: 'SecurityReports',
  deliveryDelays: 'DeliveryDelays',
  blocklistRefusals: 'BlocklistRefusals',
  simulatorBounces: 'SimulatorBounces',
  simulatorComplaints: 'SimulatorComplaints',
  rejects: 'Rejects',
  renderingFailures: 'RenderingFailures',
  deliveryLatency: 'DeliveryLatency',
  suppressed: 'Suppressed',
  contentAlerts: 'ContentAlerts',
  operatorAlerts: 'OperatorAlerts',
  duplicates: 'Duplicates',
  unreadable: 'UnreadableMessages',
} as const;
