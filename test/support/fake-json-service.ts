import type { IncomingMessage } from 'node:http';
import { type FakeAnswer, FakeService, Refusal } from './fake-service';

export type Json = Record<string, unknown>;

/**
 * A fake of a service that speaks JSON and names its operations in a header (awsJson) or by the path (restJson).
 */
export abstract class FakeJsonService extends FakeService {
  /** The name of the operation that a request asks for, as the service calls it; undefined when there is none. */
  protected abstract operationOf(request: IncomingMessage): string | undefined;

  /** Carries out an operation and returns its output, or throws a refusal. */
  protected abstract carryOut(operation: string, input: Json): Json;

  protected answer(request: IncomingMessage, body: string, note: (operation: string) => void): FakeAnswer {
    try {
      const operation = this.operationOf(request);
      note(operation ?? `${request.method} ${request.url}`);
      if (operation === undefined) throw new Refusal(404, 'UnknownOperationException', 'unknown operation');
      return { status: 200, body: JSON.stringify(this.carryOut(operation, parse(body))) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const details = error instanceof RefusalWith ? error.details : {};
      return { status: error.status, body: JSON.stringify({ __type: error.code, message: error.message, ...details }) };
    }
  }
}

/** A refusal that says more than a code and a message. */
export class RefusalWith extends Refusal {
  public constructor(code: string, message: string, public readonly details: Json) {
    super(400, code, message);
  }
}

function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw new Refusal(400, 'SerializationException', 'the body is not JSON');
  }
}

/** Refuses an input with members that the operation does not have, or without those that it needs. */
export function checkMembers(what: string, input: unknown, required: string[], optional: string[] = []): void {
  if (typeof input !== 'object' || input === null) throw new Refusal(400, 'SerializationException', `${what} is no structure`);
  const missing = required.find(name => (input as Json)[name] === undefined);
  if (missing) throw new Refusal(400, 'ValidationException', `${what}: ${missing} is required`);
  const unknown = Object.keys(input).find(name => ![...required, ...optional].includes(name));
  if (unknown) throw new Refusal(400, 'ValidationException', `${what} has no member ${unknown}`);
}
