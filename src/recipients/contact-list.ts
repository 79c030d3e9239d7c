import { ArnFormat, type IResource, Lazy, Names, RemovalPolicy, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { ContactTopic, TopicSubscription } from './contact-topic';
import { fail, located } from '../private/errors';
import { PerApp } from '../private/per-app';
import { checkTagCount } from '../private/tag-count';
import { checkName, SES_NAMES } from '../ses/names';

/**
 * A contact list, of this app or imported.
 */
export interface IContactList extends IResource {
  /**
   * The name: what programs give when they send (`ListManagementOptions`).
   *
   * @attribute
   */
  readonly contactListName: string;

  /**
   * The ARN.
   *
   * @attribute
   */
  readonly contactListArn: string;

  /**
   * Allows to read the list and its contacts.
   *
   * @param grantee who may
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows to read, add, change and remove contacts. The list itself stays the stack's.
   *
   * @param grantee who may
   */
  grantManageContacts(grantee: iam.IGrantable): iam.Grant;
}

/**
 * Properties of a contact list.
 */
export interface ContactListProps {
  /**
   * The name: 1 to 64 letters, digits, `-` and `_`. It cannot be changed: a new name is a new list, which SES refuses while the old one is there.
   *
   * @default - made from the place in the tree
   */
  readonly contactListName?: string;

  /**
   * What the list is for: up to 500 characters.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * What contacts can subscribe to: up to 20, the names unique. More of them: `addTopic`.
   *
   * @default - none; contacts then get all mail to the list, or leave it
   */
  readonly topics?: ContactTopic[];

  /**
   * What becomes of the list when it leaves the stack. A list that is deleted takes all its contacts with it, and what they have said.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

const TOPICS_MAX = 20;
const DISPLAY_NAME_MAX = 128;
const DESCRIPTION_MAX = 500;

/** The list of each account and Region. */
const lists = new PerApp(() => new Map<string, Construct>());

/** What lists of the app and imported ones share. */
abstract class ContactListBase extends Resource implements IContactList {
  public abstract readonly contactListName: string;

  public get contactListArn(): string {
    return Stack.of(this).formatArn({ service: 'ses', resource: 'contact-list', resourceName: this.contactListName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['ses:GetContactList', 'ses:GetContact', 'ses:ListContacts']);
  }

  public grantManageContacts(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, [
      'ses:GetContactList', 'ses:GetContact', 'ses:ListContacts', 'ses:CreateContact', 'ses:UpdateContact', 'ses:DeleteContact',
    ]);
  }

  private grant(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.contactListArn] });
  }
}

/**
 * The list of those who get mail, with the topics that they can choose, and the page on which they do. SES runs the page, writes the unsubscribe headers of
 * mail that names the list, and does not deliver to those who left.
 *
 * SES has one list an account and Region: a second one in the app is refused. Contacts are data, which programs add: `grantManageContacts`. Whoever gets mail that
 * names the list, and is not on it, is added to it by SES. Publish `SUBSCRIPTION` events to hear of changes. Mail names the list by `listManagement` of
 * `sendParameters` and `sesHeaders` (cdk-postmaster/runtime).
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-email-list-management.html
 *
 * @example
 * declare const newsletter: lambda.Function;
 *
 * const list = new ContactList(this, 'Readers', {
 *   topics: [{ name: 'offers', displayName: 'Offers', description: 'Once a month', defaultSubscription: TopicSubscription.OPT_OUT }],
 * });
 * list.grantManageContacts(newsletter);
 */
export class ContactList extends ContactListBase {
  /**
   * A list that exists already, in the account and Region of the stack.
   *
   * @param scope where the import is used
   * @param id a name for it
   * @param contactListName the name of the list
   */
  public static fromContactListName(scope: Construct, id: string, contactListName: string): IContactList {
    class Import extends ContactListBase {
      public readonly contactListName = located(scope, () => checkName(SES_NAMES.contactList, contactListName));
    }
    return new Import(scope, id);
  }

  /** The name: what programs give when they send. */
  public readonly contactListName: string;

  private readonly topics: ContactTopic[] = [];

  public constructor(scope: Construct, id: string, props: ContactListProps = {}) {
    super(scope, id);
    this.contactListName = located(this, () => checkName(SES_NAMES.contactList, props.contactListName ?? Names.uniqueResourceName(this, { maxLength: 64, separator: '-' })));
    this.claimAccount();
    this.checkLength('description', props.description, DESCRIPTION_MAX);
    props.topics?.forEach(topic => this.addTopic(topic));
    const list = new ses.CfnContactList(this, 'Resource', {
      contactListName: this.contactListName,
      description: props.description,
      topics: Lazy.any({ produce: () => this.topics.map(renderTopic) }, { omitEmptyArray: true }),
    });
    list.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    checkTagCount(this, list);
  }

  /**
   * Adds a topic. SES replaces all topics on an update, and forgets what contacts have said about one that is gone.
   *
   * @param topic its name, and what contacts read
   */
  public addTopic(topic: ContactTopic): void {
    located(this, () => checkName(SES_NAMES.topic, topic.name));
    this.checkLength(`displayName of the topic "${topic.name}"`, topic.displayName, DISPLAY_NAME_MAX);
    this.checkLength(`description of the topic "${topic.name}"`, topic.description, DESCRIPTION_MAX);
    if (this.topics.some(({ name }) => name === topic.name)) {
      fail('ContactList.topicTwice', `the topic "${topic.name}" is given twice; names of topics are unique in a list`, this);
    }
    if (this.topics.length === TOPICS_MAX) {
      fail('ContactList.tooManyTopics', `"${topic.name}" is topic number ${TOPICS_MAX + 1}; SES takes ${TOPICS_MAX} in a list, so put some together`, this);
    }
    this.topics.push(topic);
  }

  private claimAccount(): void {
    const claimed = lists.of(this);
    const { environment } = Stack.of(this);
    const other = claimed.get(environment);
    if (other) {
      fail('ContactList.twice', `${other.node.path} is a contact list of the same account and Region already, and SES has one; give it topics instead`, this);
    }
    claimed.set(environment, this);
  }

  private checkLength(what: string, text: string | undefined, max: number): void {
    if (text !== undefined && !Token.isUnresolved(text) && (text.length === 0 || text.length > max)) {
      fail('ContactList.length', `${what} has ${text.length} characters; SES takes 1 to ${max}`, this);
    }
  }
}

function renderTopic({ name, displayName, description, defaultSubscription }: ContactTopic): ses.CfnContactList.TopicProperty {
  return { topicName: name, displayName, description, defaultSubscriptionStatus: defaultSubscription ?? TopicSubscription.OPT_OUT };
}
