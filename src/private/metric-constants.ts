/** Where the library's functions publish metrics of their own. */
export const METRIC_NAMESPACE = 'CdkPostmaster';
