const THROTTLED = /throttl|toomanyrequests|limitexceeded|throughputexceeded|^internal/i;
const UNREACHABLE = /^(?:ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)/;

/** An error of the SDK, or of Node. */
interface Failure {
  readonly name?: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Whether the same call may succeed in a while: it was throttled, AWS has a problem of its own, or nobody was reached.
 */
export function isTransientError(error: unknown): boolean {
  const { name = '', code, $metadata } = error as Failure;
  const status = $metadata?.httpStatusCode ?? 0;
  return status === 429 || status >= 500 || THROTTLED.test(name) || UNREACHABLE.test(String(code)) || ['AbortError', 'TimeoutError'].includes(name);
}
