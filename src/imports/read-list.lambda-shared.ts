/*
 * Reads a list that somebody has uploaded, and cuts it into what SES takes in one job. It is a stream: a part is held at a time, and of each row what tells it
 * from others.
 */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { FILE_ROWS_MAX, PART_BYTES_MAX } from './import-constants';
import { BadRow, type Row, type RowReader } from './list-row';

/** What is wrong with which line. */
export interface Problem {
  readonly line: number;
  readonly problem: string;
}

/** What came of a list. */
export interface ReadList {
  /** How many rows each part has. */
  readonly parts: number[];
  /** Rows that said the same as one above. */
  readonly duplicates: number;
  /** The first of them. */
  readonly problems: Problem[];
  /** How many there are. */
  readonly problemCount: number;
}

interface ReadOptions {
  readonly reader: RowReader;
  readonly rowsPerPart: number;
  /** Stores a part. */
  readonly write: (part: number, text: string) => Promise<void>;
  /** @default PART_BYTES_MAX */
  readonly bytesPerPart?: number;
  /** @default FILE_ROWS_MAX */
  readonly rowsMax?: number;
}

/** Enough to see what kind of mistake it is. */
export const PROBLEMS_LISTED = 100;

/** No row of a list is as long; an open quote makes one of all that follows. */
const ROW_CHARACTERS_MAX = 64 * 1024;

/** An address may begin with a brace as well, though not with one and a quote. */
const FIRST_SIGNS = /^\s*(?:\{\s*\S|[^{\s])/;
const JSON_ROW = /^\s*\{\s*"/;

/** A row that was found, or what is in its place. */
type Found = { readonly line: number; readonly row: (reader: RowReader) => Row | undefined };

/**
 * Reads a list in CSV or in newline-delimited JSON: the first sign tells which. Once a row is bad, no more parts are written, and the rest is read for other mistakes.
 */
export async function readList(source: AsyncIterable<string>, options: ReadOptions): Promise<ReadList> {
  const { reader, rowsPerPart, write, bytesPerPart = PART_BYTES_MAX, rowsMax = FILE_ROWS_MAX } = options;
  const parts: number[] = [];
  const problems: Problem[] = [];
  const known = new Map<string, string>();
  let [duplicates, problemCount, bytes] = [0, 0, 0];
  let lines: string[] = [];
  const flush = async () => {
    if (lines.length === 0 || problemCount > 0) return;
    await write(parts.length, `${lines.join('\n')}\n`);
    parts.push(lines.length);
    [lines, bytes] = [[], 0];
  };
  const report = (line: number, problem: string) => {
    if (problemCount++ < PROBLEMS_LISTED) problems.push({ line, problem });
    lines = [];
  };
  const add = async (line: number, { address, json }: Row) => {
    const digest = createHash('sha256').update(json).digest('base64').slice(0, 22);
    const other = known.get(address);
    if (other === digest) return void duplicates++;
    if (other !== undefined) throw new BadRow('says something else of an address than a line above');
    if (known.size === rowsMax) throw new Broken(line, `is too much: the file has more than ${rowsMax} different addresses; cut it into several files`);
    known.set(address, digest);
    if (problemCount > 0) return;
    const size = Buffer.byteLength(json) + 1;
    if (lines.length === rowsPerPart || bytes + size > bytesPerPart) await flush();
    lines.push(json);
    bytes += size;
  };
  try {
    for await (const { line, row } of rowsOf(source)) {
      try {
        const found = row(reader);
        if (found) await add(line, found);
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        report(line, error.message);
      }
    }
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    report(error.line, error.message);
  }
  await flush();
  return { parts, duplicates, problems, problemCount };
}

/** What makes it useless to read on. */
class Broken extends Error {
  public constructor(public readonly line: number, problem: string) {
    super(problem);
  }
}

async function* rowsOf(source: AsyncIterable<string>): AsyncGenerator<Found> {
  const chunks = source[Symbol.asyncIterator]();
  let start = '';
  while (!FIRST_SIGNS.test(start)) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    start += value;
  }
  const whole = Readable.from(again(start, chunks));
  yield* JSON_ROW.test(start) ? jsonRows(whole) : csvRows(whole);
}

async function* again(start: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield start;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* jsonRows(source: Readable): AsyncGenerator<Found> {
  let line = 0;
  for await (const text of createInterface({ input: source, crlfDelay: Infinity })) {
    line++;
    if (text.trim() === '') continue;
    yield { line, row: reader => reader.json(jsonOf(text)) };
  }
}

function jsonOf(text: string): unknown {
  if (text.length > ROW_CHARACTERS_MAX) throw new BadRow(`has more than ${ROW_CHARACTERS_MAX} characters`);
  try {
    return JSON.parse(text);
  } catch {
    // the words of the parser repeat what they are about
    throw new BadRow('is no JSON object; each line has one, without a comma behind it');
  }
}

async function* csvRows(source: Readable): AsyncGenerator<Found> {
  // attributes in JSON come with bare quotes, in the samples of AWS too
  const parser = source.pipe(parse({
    relax_quotes: true, relax_column_count: true, trim: true, skip_empty_lines: true, info: true, max_record_size: ROW_CHARACTERS_MAX,
  }));
  source.once('error', error => parser.destroy(error));
  let first = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const isFirst = first;
      first = false;
      yield {
        line: info.lines,
        row: reader => {
          if (!isFirst || !reader.header) return reader.cells(record);
          try {
            return void reader.header(record);
          } catch (error) {
            // without it no row can be read
            throw error instanceof BadRow ? new Broken(info.lines, error.message) : error;
          }
        },
      };
    }
  } catch (error) {
    const { code, lines = 0 } = error as Partial<CsvError> & { lines?: number };
    if (!code?.startsWith('CSV_')) throw error;
    const inQuote = code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE';
    throw new Broken(lines, `${inQuote ?
      'is in a quote that does not end, or in a row that is too long' :
      'has something behind a quote: a cell with a comma in it has to be in quotes, its own quotes doubled'}; what is behind it was not read`);
  }
}
