/** What of an answer is not as it should be. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../../engine/plan.ts';
import { ForeignJsonError, parseForeignJson } from '../../../engine/step.ts';
import { valueAt } from '../json-pointer.ts';
import type { Answer } from './ask.ts';
import type { Body } from './body.ts';

/** Characters of a body that its first line is looked for in. */
const longestRead = 64 * 1024;

/** What is asked of an answer. */
export interface Expected {
  readonly status: number | readonly number[];
  readonly body_contains: readonly string[];
  /** By JSON pointer. */
  readonly json: { readonly [pointer: string]: Json };
  readonly max_ms?: number | undefined;
  readonly follow_redirects?: boolean;
}

type Mask = (text: string) => string;

/** A body may echo what it was sent, and a secret that is cut in two would be found by nobody later. */
const firstLine = (body: string, mask: Mask): string => {
  const line = mask(body.trim().slice(0, longestRead)).split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
};

export interface Fault {
  readonly text: string;
  /** Not that it is wrong, but that nobody can tell: a part of the body was not looked at. */
  readonly open: boolean;
}

const wrong = (text: string): Fault => ({ text, open: false });
const open = (text: string): Fault => ({ text, open: true });

const textFaults = ({ text, partial }: Body, wanted: readonly string[]): readonly Fault[] =>
  wanted
    .filter((part) => !text.includes(part))
    .map((part) => {
      const quoted = JSON.stringify(part);
      return partial === null
        ? wrong(`the body does not contain ${quoted}`)
        : open(`whether the body contains ${quoted} is not known: ${partial}`);
    });

const jsonFaults = ({ text, partial }: Body, expected: Expected['json'], mask: Mask): readonly Fault[] => {
  if (Object.keys(expected).length === 0) return [];
  if (partial !== null) return [open(`the body cannot be read as JSON: ${partial}`)];
  let document: unknown;
  try {
    document = parseForeignJson(text);
  } catch (error) {
    if (!(error instanceof ForeignJsonError)) throw error;
    return [wrong(`the body cannot be taken as JSON: ${error.message}`)];
  }
  return Object.entries(expected).flatMap(([pointer, wanted]) => {
    const found = valueAt(document, pointer);
    if (isDeepStrictEqual(found, wanted)) return [];
    const shown = found === undefined ? 'nothing' : firstLine(JSON.stringify(found), mask);
    return [wrong(`expected ${JSON.stringify(wanted)} at ${pointer || 'the root'}, got ${shown}`)];
  });
};

/** Where a redirect leads to, and why nobody followed it. Its query may hold a key to an account. */
const redirectOf = (input: Expected, { headers }: Answer, asked: URL, mask: Mask): string => {
  if (headers.location === undefined) return '';
  const url = URL.parse(headers.location, asked.href);
  const shown = url === null ? headers.location : `${url.origin}${url.pathname}${url.search && '?...'}`;
  const why = !input.follow_redirects
    ? ''
    : url?.origin === asked.origin
      ? ', after five redirects'
      : ', another origin, which is not followed';
  return ` to ${firstLine(shown, mask)}${why}`;
};

/** Empty: the answer is as it should be. `asked`: the URL of the last hop. */
export const faultsOf = (
  input: Expected,
  answer: Answer,
  asked: URL,
  durationMs: number,
  mask: Mask,
): readonly Fault[] => {
  const faults: Fault[] = [];
  const statuses = [input.status].flat();
  if (!statuses.includes(answer.status))
    faults.push(
      wrong(
        `expected ${statuses.join(' or ')}, got ${answer.status}${redirectOf(input, answer, asked, mask)}`,
      ),
    );
  faults.push(...textFaults(answer.body, input.body_contains), ...jsonFaults(answer.body, input.json, mask));
  if (input.max_ms !== undefined && durationMs > input.max_ms)
    faults.push(wrong(`took ${durationMs} ms, at most ${input.max_ms} allowed`));
  return faults;
};

/** One line: what was expected, what came, from which peer, and how its body begins. */
export const complaint = (faults: readonly Fault[], answer: Answer, from: string, mask: Mask): string => {
  const line = firstLine(answer.body.text, mask);
  return `${faults.map(({ text }) => text).join('; ')} from ${answer.address} (asked from ${from})${line && `: ${line}`}`;
};
