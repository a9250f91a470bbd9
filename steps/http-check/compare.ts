/** What of an answer is not as it should be. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { ForeignJsonError, parseForeignJson } from '../../engine/step.ts';
import { valueAt } from '../_targets/json-pointer.ts';
import type { Answer } from './ask.ts';
import type { HttpCheckInput } from './step.ts';

/** Characters of a body that its first line is looked for in. */
const longestRead = 64 * 1024;

type Mask = (text: string) => string;

/** A body may echo what it was sent, and a secret that is cut in two would be found by nobody later. */
const firstLine = (body: string, mask: Mask): string => {
  const line = mask(body.trim().slice(0, longestRead)).split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
};

const jsonFaults = (body: string, expected: HttpCheckInput['json'], mask: Mask): readonly string[] => {
  if (Object.keys(expected).length === 0) return [];
  let document: unknown;
  try {
    document = parseForeignJson(body);
  } catch (error) {
    if (!(error instanceof ForeignJsonError)) throw error;
    return [`the body cannot be taken as JSON: ${error.message}`];
  }
  return Object.entries(expected).flatMap(([pointer, wanted]) => {
    const found = valueAt(document, pointer);
    if (isDeepStrictEqual(found, wanted)) return [];
    const shown = found === undefined ? 'nothing' : firstLine(JSON.stringify(found), mask);
    return [`expected ${JSON.stringify(wanted)} at ${pointer || 'the root'}, got ${shown}`];
  });
};

/** Empty: the answer is as it should be. */
export const faultsOf = (
  input: HttpCheckInput,
  answer: Answer,
  durationMs: number,
  mask: Mask,
): readonly string[] => {
  const faults: string[] = [];
  const statuses = [input.status].flat();
  if (!statuses.includes(answer.status))
    faults.push(`expected ${statuses.join(' or ')}, got ${answer.status}`);
  for (const text of input.body_contains)
    if (!answer.body.includes(text)) faults.push(`the body does not contain ${JSON.stringify(text)}`);
  faults.push(...jsonFaults(answer.body, input.json, mask));
  if (input.max_ms !== undefined && durationMs > input.max_ms)
    faults.push(`took ${durationMs} ms, at most ${input.max_ms} allowed`);
  return faults;
};

/** One line: what was expected, what came, from which peer, and how its body begins. */
export const complaint = (faults: readonly string[], answer: Answer, from: string, mask: Mask): string => {
  const line = firstLine(answer.body, mask);
  return `${faults.join('; ')} from ${answer.address} (asked from ${from})${line && `: ${line}`}`;
};
