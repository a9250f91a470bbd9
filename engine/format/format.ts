/** `runbook fmt`: the same file, written as all the others are. */
import { isDeepStrictEqual } from 'node:util';
import { DiagnosticError, diagnose } from '../diagnostic.ts';
import { digestOf } from '../digest.ts';
import { parseYaml } from '../load/parse-yaml.ts';
import { Problems } from '../load/problems.ts';
import type { YamlSource } from '../load/yaml-source.ts';
import type { Json } from '../plan.ts';
import { commentsOf, layOut, Unknown } from './layout.ts';
import { orderStepKeys } from './step-keys.ts';

interface Parsed {
  readonly source: YamlSource;
  readonly value: Json;
}

const parsed = (text: string, file: string): Parsed => {
  const problems = new Problems();
  const { source, value } = parseYaml(text, file, problems);
  problems.throwIfAny();
  return { source, value };
};

const endsOf = (text: string): '\r\n' | '\n' =>
  text.includes('\n') && !/(?<!\r)\n/.test(text) ? '\r\n' : '\n';

/**
 * @param file as it is named in messages
 * Throws DiagnosticError for what the loader cannot read, and where another layout would say something else.
 */
export const formatYaml = (text: string, file: string): string => {
  const before = parsed(text, file);
  const lines = text.replaceAll('\r\n', '\n');
  const after = laidOut(lines, file, before.source);
  const kept =
    digestOf(parsed(after, file).value) === digestOf(before.value) &&
    isDeepStrictEqual(commentsOf(after), commentsOf(lines));
  if (!kept) throw new DiagnosticError([diagnose('RB688', { file })]);
  return after.replaceAll('\n', endsOf(text));
};

const laidOut = (text: string, file: string, source: YamlSource): string => {
  try {
    return orderStepKeys(layOut(text));
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    // Offsets are those of the text with `\n`: by the line, they are found in the other one too.
    const line = text.slice(0, error.offset).split('\n').length;
    const start = source.lines.lineStarts[line - 1] ?? 0;
    throw new DiagnosticError([diagnose('RB687', { file }, source.positionOf(start, start + 1))]);
  }
};
