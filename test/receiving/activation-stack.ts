import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import { type FakeCloudFormation, type Handler } from '../support/fake-cloudformation';
import type { FakeSesReceiving } from '../support/fake-ses-receiving';
import type { FakeStacks } from '../support/fake-stacks';

const LOOK = 'Custom::PostmasterRuleSetBefore';
const ACTIVATION = 'Custom::PostmasterActiveRuleSet';

/** What a template says of an active rule set. */
export interface ActivationTemplate {
  readonly ruleSet: string;
  readonly takeOver?: boolean;
  readonly onDelete?: 'RestorePrevious' | 'Deactivate' | 'Keep';
}

/** What happens in a deployment, beside the deployment. */
export interface Incidents {
  /** Another resource of the stack fails after the activation. */
  readonly failsLater?: boolean;
  /** Called when the roll-back begins. */
  readonly beforeRollback?: () => void;
}

interface Resource {
  readonly id: string;
  readonly properties: object;
}

/**
 * A stack with a rule set and its activation, as CloudFormation deploys it: what was made is deleted when a later thing fails, a change that fails is taken
 * back with one more, and a rule set that was replaced is deleted in the end.
 */
export class ActivationStack {
  /** The reasons of all failures, in order. */
  public readonly reasons: string[] = [];

  /** The rule sets that the stack has made. One that existed before is imported, and stays. */
  private readonly made = new Set<string>();

  private template?: ActivationTemplate;
  private look?: Resource & { readonly name: string };
  private activation?: Resource;

  /**
   * @param handlers the processes of the function. The first serves; each event is delivered once more to each of the others, unheard.
   */
  public constructor(
    private readonly cloudFormation: FakeCloudFormation, private readonly stacks: FakeStacks, private readonly ses: FakeSesReceiving,
    private readonly handlers: Handler[],
  ) {}

  public get exists(): boolean {
    return this.template !== undefined;
  }

  public async create(template: ActivationTemplate, incidents: Incidents = {}): Promise<'CREATED' | 'ROLLED BACK'> {
    this.stacks.status = 'CREATE_IN_PROGRESS';
    this.makeRuleSet(template.ruleSet);
    const look = await this.send('Create', LOOK, { properties: {} });
    const name = (look as { Data?: { RuleSetName: string } }).Data?.RuleSetName ?? '';
    this.look = { id: look.PhysicalResourceId, properties: {}, name };
    const properties = this.propertiesOf(template);
    const activation = look.Status === 'SUCCESS' ? await this.send('Create', ACTIVATION, { properties }) : undefined;
    if (activation) this.activation = { id: activation.PhysicalResourceId, properties };
    this.template = template;
    if (activation?.Status === 'SUCCESS' && !incidents.failsLater) return 'CREATED';
    incidents.beforeRollback?.();
    this.stacks.status = 'ROLLBACK_IN_PROGRESS';
    await this.deleteAll();
    return 'ROLLED BACK';
  }

  public async update(template: ActivationTemplate, incidents: Incidents = {}): Promise<'UPDATED' | 'ROLLED BACK'> {
    this.stacks.status = 'UPDATE_IN_PROGRESS';
    const [before, { id, properties: old }] = [this.template!, this.activation!];
    const renamed = template.ruleSet !== before.ruleSet;
    this.makeRuleSet(template.ruleSet);
    const properties = this.propertiesOf(template);
    const changed = await this.sendUpdate(id, old, properties);
    if (changed.Status === 'SUCCESS' && !incidents.failsLater) {
      this.activation = { id, properties };
      this.template = template;
      if (renamed) this.deleteRuleSet(before.ruleSet);
      return 'UPDATED';
    }
    incidents.beforeRollback?.();
    this.stacks.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const back = await this.sendUpdate(id, properties, old);
    if (back.Status !== 'SUCCESS') throw new Error(`UPDATE_ROLLBACK_FAILED: ${back.Reason}`);
    if (renamed) this.deleteRuleSet(template.ruleSet);
    return 'ROLLED BACK';
  }

  public async delete(): Promise<void> {
    this.stacks.status = 'DELETE_IN_PROGRESS';
    await this.deleteAll();
  }

  private async deleteAll(): Promise<void> {
    if (this.activation) await this.remove(ACTIVATION, this.activation);
    await this.remove(LOOK, this.look!);
    this.deleteRuleSet(this.template!.ruleSet);
    this.activation = this.look = this.template = undefined;
  }

  private propertiesOf({ ruleSet, takeOver = false, onDelete = 'RestorePrevious' }: ActivationTemplate): object {
    return { RuleSetName: ruleSet, RuleSetBefore: this.look!.name, TakeOver: String(takeOver), OnDelete: onDelete };
  }

  /** There is no replacement: with another physical ID, it would depend on the order of CloudFormation's clean-up which set is active in the end. */
  private async sendUpdate(physicalId: string, old: object, properties: object): Promise<CloudFormationCustomResourceResponse> {
    const answer = await this.send('Update', ACTIVATION, { properties, old, physicalId });
    if (answer.PhysicalResourceId !== physicalId) throw new Error(`replaced by ${answer.PhysicalResourceId}`);
    return answer;
  }

  private async remove(resourceType: string, { id, properties }: Resource): Promise<void> {
    const { Status, Reason } = await this.send('Delete', resourceType, { properties, physicalId: id }) as { Status: string; Reason?: string };
    if (Status !== 'SUCCESS') throw new Error(`DELETE_FAILED: ${Reason}`);
  }

  private makeRuleSet(name: string): void {
    if (this.ses.ruleSets.has(name)) return;
    this.ses.put(name);
    this.made.add(name);
  }

  /** SES refuses to delete the active one. */
  private deleteRuleSet(name: string): void {
    if (!this.made.has(name)) return;
    if (this.ses.active === name) throw new Error(`DELETE_FAILED: Cannot delete active rule set: ${name}`);
    this.ses.ruleSets.delete(name);
  }

  private async send(
    type: 'Create' | 'Update' | 'Delete', resourceType: string, request: { properties: object; old?: object; physicalId?: string },
  ): Promise<CloudFormationCustomResourceResponse> {
    const [first, ...others] = this.handlers;
    const answer = await this.cloudFormation.request(first, type, { ...request, resourceType });
    // CloudFormation takes the first answer
    for (const other of others) await this.cloudFormation.request(other, type, { ...request, resourceType, requestId: answer.RequestId });
    if (answer.Status === 'FAILED') this.reasons.push(answer.Reason);
    return answer;
  }
}
