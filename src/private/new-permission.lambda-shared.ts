import { retry } from './custom-resource.lambda-shared';

/**
 * Makes a call for which this very deployment may have given the permission: such a policy takes seconds to be known everywhere.
 */
export function withNewPermission<T>(call: () => Promise<T>): Promise<T> {
  return retry(call, error => ['AccessDenied', 'AccessDeniedException'].includes((error as Error).name));
}
