/** The answers of `init`: from its options, from a person, or the defaults. */
import { basename } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fail } from '../diagnostic.ts';
import {
  type Answers,
  nameFrom,
  type Parsed,
  readApprovers,
  readDatabase,
  readName,
  readServers,
  readService,
  readWindow,
  windowText,
} from '../init/answers.ts';
import { clean } from '../text.ts';
import { initOptions as o } from './authoring-options.ts';
import { type Host, isInteractive } from './host.ts';
import type { Input, OptionSpec } from './spec.ts';

interface Question<T> {
  readonly option: OptionSpec;
  readonly asks: string;
  /** As a person would type it. */
  readonly otherwise: string;
  read(texts: readonly string[]): Parsed<T>;
}

const one =
  <T>(read: (text: string) => Parsed<T>) =>
  (texts: readonly string[]): Parsed<T> =>
    read(texts[0] ?? '');

const questions = (folder: string) => ({
  name: {
    option: o.name,
    asks: 'Name of the runbook',
    otherwise: nameFrom(basename(folder)),
    read: one(readName),
  },
  servers: {
    option: o.target,
    asks: 'Servers to change, as user@host or user@host:port, with spaces between; none: this machine',
    otherwise: 'deploy@app.example',
    read: (texts: readonly string[]) => readServers(texts.flatMap((text) => text.split(/\s+/))),
  },
  database: {
    option: o.database,
    asks: 'Database to dump before the change: mysql, postgres or none',
    otherwise: 'none',
    read: one(readDatabase),
  },
  approvers: {
    option: o.approver,
    asks: 'Who may say go or no-go, with commas between',
    otherwise: 'Release lead, Deputy',
    read: readApprovers,
  },
  window: {
    option: o.window,
    asks: 'Maintenance window around T0',
    otherwise: windowText({ opensMs: -1_800_000, hardStopMs: 1_800_000 }),
    read: one(readWindow),
  },
  ci: {
    option: o.ci,
    asks: 'Review of pull requests: github, gitlab or none',
    otherwise: 'github',
    read: one(readService),
  },
});

type Questions = ReturnType<typeof questions>;
type Found = { [K in keyof Questions]: Questions[K] extends Question<infer T> ? T : never };

/** Throws RB690 (nobody to ask), RB691 (input ended), RB692 (an option that cannot be read). */
export const askAnswers = async (host: Host, input: Input, folder: string): Promise<Answers> => {
  const asked = questions(folder);
  const given = (option: OptionSpec): readonly string[] =>
    option.repeatable ? input.list(option) : [input.text(option) ?? []].flat();
  // All options are read before the first question: an answer given in vain is not polite.
  const read = Object.entries(asked).map(([key, question]) => {
    const texts = given(question.option);
    return [key, texts.length === 0 ? null : fromOption<unknown>(question, texts)] as const;
  });
  const missing = read.filter(([, value]) => value === null).map(([key]) => key as keyof Questions);
  const found = Object.fromEntries(read);
  if (missing.length > 0 && input.flag(o.yes))
    for (const key of missing)
      found[key] = fromOption<unknown>(asked[key], textsOf(asked[key].otherwise, key));
  else if (missing.length > 0) {
    if (!isInteractive(host))
      fail('RB690', { options: missing.map((key) => asked[key].option.flags.split(' ')[0] ?? '') });
    const lines = createInterface({ input: host.stdin, output: host.stderr, historySize: 0 });
    const typed = typedLines(lines);
    try {
      for (const key of missing) found[key] = await ask<unknown>(host, typed, asked[key], key);
    } finally {
      lines.close();
    }
  }
  const { window, ...rest } = found as unknown as Found;
  return { ...rest, ...window };
};

const fromOption = <T>({ option, read }: Question<T>, texts: readonly string[]): T => {
  const parsed = read(texts);
  if ('value' in parsed) return parsed.value;
  return fail('RB692', { flag: option.flags.split(' ')[0] ?? '', given: texts.join(' '), why: parsed.why });
};

/** Approvers have spaces in their names. */
const textsOf = (line: string, key: keyof Questions): readonly string[] =>
  key === 'approvers' ? line.split(',') : [line.trim()];

const ask = async <T>(
  host: Host,
  typed: () => Promise<string | null>,
  question: Question<T>,
  key: keyof Questions,
): Promise<T> => {
  for (;;) {
    host.stderr.write(`${question.asks} [${question.otherwise}]: `);
    const line = await typed();
    if (line === null) return fail('RB691', {});
    const parsed = question.read(textsOf(line.trim() === '' ? question.otherwise : line, key));
    if ('value' in parsed) return parsed.value;
    host.stderr.write(`  ${clean(parsed.why)}\n`);
  }
};

/** A line each call, also where several arrive at once; null: the input has ended. */
const typedLines = (lines: Interface): (() => Promise<string | null>) => {
  const queue: string[] = [];
  let wanted: ((line: string | null) => void) | null = null;
  let ended = false;
  lines.on('line', (line) => {
    if (wanted) wanted(line);
    else queue.push(line);
    wanted = null;
  });
  lines.on('close', () => {
    ended = true;
    wanted?.(null);
  });
  return () =>
    new Promise((resolve) => {
      const next = queue.shift();
      if (next !== undefined) resolve(next);
      else if (ended) resolve(null);
      else wanted = resolve;
    });
};
