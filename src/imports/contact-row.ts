import { addressOf, BadRow, onlyMembers, type Row, type RowReader } from './list-row';
import { TopicSubscription } from '../recipients/contact-topic';

const STATUSES: readonly string[] = Object.values(TopicSubscription);
const TOPIC_COLUMN = 'topicPreferences.';
const MEMBERS = ['emailAddress', 'unsubscribeAll', 'attributesData', 'topicPreferences'];

/** What a row says of a contact, before it is checked. */
interface Contact {
  readonly emailAddress: unknown;
  readonly unsubscribeAll?: unknown;
  readonly attributesData?: unknown;
  readonly topicPreferences?: unknown;
}

/**
 * Rows of contacts: CSV with a header line that names the columns, topics as `topicPreferences.<topic>`, or objects of JSON.
 *
 * @param topics the topics of the contact list
 */
export function contactRows(topics: readonly string[]): RowReader {
  let columns: readonly string[] = [];
  return {
    header: cells => {
      columns = checkColumns(cells, topics);
    },
    cells: cells => contact(fromCells(columns, cells), topics),
    json: value => contact(onlyMembers(value, MEMBERS) as unknown as Contact, topics),
  };
}

function checkColumns(cells: readonly string[], topics: readonly string[]): readonly string[] {
  if (!cells.includes('emailAddress')) throw new BadRow('is no header line: the first line names the columns, and one is emailAddress');
  if (new Set(cells).size < cells.length) throw new BadRow('names a column twice');
  const known = [...MEMBERS.slice(0, -1), ...topics.map(topic => TOPIC_COLUMN + topic)];
  const unknown = cells.findIndex(cell => !known.includes(cell));
  if (unknown >= 0) throw new BadRow(`names a column that there is not, number ${unknown + 1}; the contact list takes ${known.join(', ')}`);
  return cells;
}

/** An empty cell says nothing of its column. */
function fromCells(columns: readonly string[], cells: readonly string[]): Contact {
  if (cells.length !== columns.length) {
    throw new BadRow(`has ${cells.length} cells, and the header line ${columns.length}; attributesData with a comma has to be in quotes, its own quotes doubled`);
  }
  const given = Object.fromEntries(columns.map((column, index) => [column, cells[index]]).filter(([, cell]) => cell !== ''));
  const preferences = columns.filter(column => column.startsWith(TOPIC_COLUMN) && given[column] !== undefined)
    .map(column => ({ topicName: column.slice(TOPIC_COLUMN.length), subscriptionStatus: given[column] }));
  const { emailAddress, unsubscribeAll, attributesData } = given;
  return { emailAddress, unsubscribeAll: yesOrNo(unsubscribeAll), attributesData, topicPreferences: preferences };
}

function yesOrNo(cell: string | undefined): boolean | undefined {
  if (cell === undefined) return undefined;
  if (!/^(true|false)$/i.test(cell)) throw new BadRow('says neither true nor false in unsubscribeAll');
  return cell.toLowerCase() === 'true';
}

function contact({ emailAddress, unsubscribeAll, attributesData, topicPreferences }: Contact, topics: readonly string[]): Row {
  const address = addressOf(emailAddress);
  if (unsubscribeAll !== undefined && typeof unsubscribeAll !== 'boolean') throw new BadRow('says neither true nor false in unsubscribeAll');
  const preferences = preferencesOf(topicPreferences ?? [], topics);
  const json = JSON.stringify({
    emailAddress: address,
    unsubscribeAll,
    attributesData: attributesOf(attributesData),
    ...preferences.length > 0 ? { topicPreferences: preferences } : {},
  });
  return { address, json };
}

/** SES keeps attributes as a text which holds a JSON object. */
function attributesOf(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const what = 'has attributesData that is no text with a JSON object in it';
  if (typeof given !== 'string') throw new BadRow(what);
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    // the words of the parser repeat what they are about
    throw new BadRow(what);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRow(what);
  return given;
}

function preferencesOf(given: unknown, topics: readonly string[]): { topicName: string; subscriptionStatus: string }[] {
  if (!Array.isArray(given)) throw new BadRow('has topicPreferences that are no list');
  const preferences = given.map(item => {
    const { topicName, subscriptionStatus } = onlyMembers(item, ['topicName', 'subscriptionStatus']);
    if (typeof topicName !== 'string' || !topics.includes(topicName)) throw new BadRow(`names a topic that the contact list does not have; it has ${topics.join(', ') || 'none'}`);
    if (typeof subscriptionStatus !== 'string' || !STATUSES.includes(subscriptionStatus)) throw new BadRow(`has a status of a topic that is not ${STATUSES.join(' or ')}`);
    return { topicName, subscriptionStatus };
  });
  if (new Set(preferences.map(({ topicName }) => topicName)).size < preferences.length) throw new BadRow('has two preferences on one topic');
  return preferences;
}
