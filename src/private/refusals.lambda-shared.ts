/**
 * The updates that a handler has refused because something foreign was in the way, and that have changed nothing. CloudFormation takes an update back by the same with
 * old and new swapped, which would be refused again, and the stack would be stuck. Remembered as long as the function is warm, which a roll-back follows upon.
 */
export class Refusals<P> {
  private readonly refused = new Set<string>();

  /** Remembers an update that was refused. */
  public add(properties: P, old: P): void {
    this.refused.add(JSON.stringify([properties, old]));
  }

  /** Whether an update takes back one that was refused, so that what is foreign is to be left alone. */
  public takesBack(properties: P, old: P): boolean {
    return this.refused.delete(JSON.stringify([old, properties]));
  }
}
