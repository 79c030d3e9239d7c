import { resolve } from 'node:path';
import { median } from './figures';
import type { HandleResult } from './handle';
import type { Workshop } from './workshop';

/** How quickly the function of a feedback pipeline works off its queue, one batch after the other, with services that answer at once. */
export interface HandlingResult {
  /** Messages a second. SES itself takes about one address a second. */
  readonly messages: number;
  /** Calls of services for a message. */
  readonly calls: number;
  /** The speed of the same calls by the SDK and nothing else is 1. */
  readonly ofBareCalls: number;
}

export async function measureHandling(workshop: Workshop): Promise<HandlingResult> {
  const handler = workshop.handlers().find(file => file.includes('recipients/feedback.lambda'))!;
  const { messages, calls, ours, bare } = await workshop.run<HandleResult>('handle', [resolve(handler)]);
  return { messages: messages / median(ours) * 1e3, calls, ofBareCalls: median(ours.map((time, turn) => bare[turn] / time)) };
}
