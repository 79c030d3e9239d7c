/**
 * What a contact gets of a topic before it has said anything.
 */
export enum TopicSubscription {
  /** It gets mail about the topic, until it leaves. */
  OPT_IN = 'OPT_IN',

  /** It gets none, until it asks for it. */
  OPT_OUT = 'OPT_OUT',
}

/**
 * Something that contacts can subscribe to.
 */
export interface ContactTopic {
  /**
   * The name, which programs give when they send: 1 to 64 letters, digits, `-` and `_`.
   */
  readonly name: string;

  /**
   * The name that contacts read on the page where they choose: up to 128 characters.
   */
  readonly displayName: string;

  /**
   * What the topic is about, on the same page: up to 500 characters.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * What contacts get that have not said anything about the topic.
   *
   * @default TopicSubscription.OPT_OUT
   */
  readonly defaultSubscription?: TopicSubscription;
}
