/**
 * Whether the SDK has made a call again before it gave up: the one before may have been carried out although its answer was lost, and be what is in the way now.
 */
export function wasRepeated(error: unknown): boolean {
  return ((error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1) > 1;
}
