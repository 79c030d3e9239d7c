/**
 * What is done about a recipient, as the field `action` of feedback says it.
 */
export enum FeedbackAction {
  /** Do not write to the address again. It is put on the suppression list of the account, unless it belongs to the mailbox simulator. */
  SUPPRESS = 'suppress',

  /** Do not write to the address again. SES withholds mail to it already, or somebody of several has complained and nobody is to be suppressed for that. */
  MARK = 'mark',

  /** The address may work again. */
  COUNT = 'count',

  /** The message is the problem, and not the address: too large, rejected content, a template that does not fit its data. */
  CONTENT_ALERT = 'contentAlert',

  /** Somebody has to look: a bounce of nobody known, a virus, a server that sees spam. */
  OPERATOR_ALERT = 'operatorAlert',

  /** Nothing, but to count and to keep it. */
  NONE = 'none',
}

/**
 * What is done when one of several recipients of a message has complained. Most mailbox providers do not say who; SES then names all recipients of the
 * message at the provider. A message to each recipient avoids the question.
 */
export enum AmbiguousComplaints {
  /** Suppress all who may have complained, as SES advises. */
  SUPPRESS_ALL = 'suppressAll',

  /** Suppress nobody; mark all who may have complained. */
  MARK = 'mark',
}
