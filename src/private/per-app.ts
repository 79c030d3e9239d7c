import type { IConstruct } from 'constructs';

/**
 * Something that an app has one of, shared by constructs which do not know each other. It lives and dies with the app's tree,
 * so two apps in one process never meet.
 */
export class PerApp<T> {
  private readonly ofRoot = new WeakMap<IConstruct, T>();

  public constructor(private readonly create: () => T) {}

  public of(scope: IConstruct): T {
    const root = scope.node.root;
    let shared = this.ofRoot.get(root);
    if (shared === undefined) {
      shared = this.create();
      this.ofRoot.set(root, shared);
    }
    return shared;
  }
}
