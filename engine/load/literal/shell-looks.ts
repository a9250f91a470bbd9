/** What a shell would replace in the input of a step: no shell reads it, unless the whole is a script. */
import type * as z from 'zod';
import { type Path, schemaOf, schemasAt } from '../../expr/json-schema.ts';
import type { Json } from '../../plan.ts';
import type { LoadContext } from '../context.ts';
import { isMap } from '../is-map.ts';
import { isVerbatim } from './scan.ts';
import { type Advice, HOME, inRun, shellWordsIn } from './shell-words.ts';

/** At the start of a path or address. */
const FOLDER = /^\$(?:HOME|PWD|USER|\{(?:HOME|PWD|USER)\})(?:\/|$)/;
/** In the value of an environment variable; passwords and hashes have other dollars in them. */
const VARIABLE = /\$(?:PATH|HOME|PWD|USER|SHELL|\{[A-Z_][A-Z0-9_]*\})/;

const asText = (word: Json): string | null => (typeof word === 'string' ? word : null);

/** @param schema of the input; a list with `argv: true` is run without a shell */
export const reportShellLooks = (value: Json, schema: z.ZodType, path: Path, ctx: LoadContext): void => {
  const json = schemaOf(schema, 'input');
  const walk = (here: Json, below: Path): void => {
    if (typeof here === 'string') reportText(here, [...path, ...below], ctx);
    else if (Array.isArray(here)) {
      const isArgv = schemasAt(json, below).some((s) => s.argv === true);
      if (isArgv) reportWords(here, [...path, ...below], ctx);
      else for (const [i, item] of here.entries()) walk(item, [...below, i]);
    } else if (isMap(here)) for (const [key, inner] of Object.entries(here)) walk(inner, [...below, key]);
  };
  walk(value, []);
};

export const reportWords = (
  words: readonly Json[],
  path: Path,
  { problems, source }: Pick<LoadContext, 'problems' | 'source'>,
  advice?: Advice,
): void => {
  for (const { index, fault, remedy } of shellWordsIn(words.map(asText), advice))
    problems.add('RB323', { fault, remedy }, source.value([...path, index]));
};

const reportText = (text: string, path: Path, { problems, source }: LoadContext): void => {
  if (text.includes('${{') || text.includes('\n') || isVerbatim(path)) return;
  const literally = inRun.literal(text);
  if (HOME.test(text) || FOLDER.test(text)) {
    const remedy = `Write the whole path. ${literally}`;
    problems.add('RB323', { fault: { kind: 'plain-text', text }, remedy }, source.value(path));
  } else if (path.includes('env') && VARIABLE.test(text)) {
    const remedy = `Write the whole value, or set it in the script. ${literally}`;
    problems.add('RB323', { fault: { kind: 'plain-env', text }, remedy }, source.value(path));
  }
};
