import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createJournal, openJournal } from '../../../engine/journal/journal.ts';
import { replay } from '../../../engine/journal/replay.ts';
import { readJournal } from '../../../engine/journal/scan.ts';
import { verifyJournal } from '../../../engine/journal/verify.ts';
import { diagnosed, told } from './diagnosed.ts';
import { succeeded } from './every-event.ts';
import { contentOf, linesOf, rechain } from './forge.ts';
import { test } from './temp-dir.ts';

type Edit = (lines: string[]) => string[] | Buffer;

const at =
  (n: number, change: (line: string) => string): Edit =>
  (lines) =>
    lines.with(n, change(lines[n] ?? ''));

/** Line 6 (1-based) is `step-started`; each edit is reported with its line and the reason. */
const careless: Record<string, { edit: Edit; told: string }> = {
  'a changed value': {
    edit: at(5, (l) => l.replace('"dump"', '"pump"')),
    told: '6 does not match its own hash',
  },
  'a changed chain': {
    edit: at(5, (l) => l.replace(/"prev":"./, '"prev":"x')),
    told: '6 is not formatted as the engine writes it',
  },
  'a white space more': {
    edit: at(5, (l) => l.replace('"step"', ' "step"')),
    told: '6 does not match its own hash',
  },
  'other members order': {
    edit: at(5, (l) => l.replace('{"v":1,"seq":6', '{"seq":6,"v":1')),
    told: '6 is not formatted as the engine writes it',
  },
  'no JSON': { edit: at(5, () => 'step-started dump'), told: '6 is not JSON' },
  'half a line': { edit: at(5, (l) => l.slice(0, 40)), told: '6 is not JSON' },
  'an empty line': { edit: (lines) => lines.toSpliced(5, 0, ''), told: '6 is not JSON' },
  'DOS line ends': {
    edit: (lines) => lines.map((l) => `${l}\r`),
    told: '1 is not formatted as the engine writes it',
  },
  'a byte order mark': { edit: at(0, (l) => `\ufeff${l}`), told: '1 is not JSON' },
  'bytes that are no UTF-8': {
    edit: (lines) => Buffer.from(contentOf(lines).replace('"dump"', '"d\u00ffmp"'), 'latin1'),
    told: '6 does not match its own hash',
  },
  'a line removed': { edit: (lines) => lines.toSpliced(5, 1), told: '6 has number 7 where 6 was expected' },
  'a line twice': {
    edit: (lines) => lines.toSpliced(5, 0, lines[5] ?? ''),
    told: '7 has number 6 where 7 was expected',
  },
  'two lines swapped': {
    edit: (l) => l.with(5, l[6] ?? '').with(6, l[5] ?? ''),
    told: '6 has number 7 where 6 was expected',
  },
  'the first line removed': { edit: (lines) => lines.slice(1), told: '1 has number 2 where 1 was expected' },
  'the end of another journal': {
    edit: (l) => [
      ...l.slice(0, 5),
      ...rechain(
        [...l.slice(0, 4), ...l.slice(5)].map((x, i) => x.replace(/"seq":\d+/, `"seq":${i + 1}`)),
      ).slice(5),
    ],
    told: '6 does not follow the previous line',
  },
};

/** Every hash is right again: only what the line says gives it away. */
const careful: Record<string, { edit: Edit; told: RegExp }> = {
  'an unknown event': {
    edit: at(5, (l) => l.replace('step-started', 'step-exploded')),
    told: /^6 has an unknown type$/,
  },
  'an unknown member': {
    edit: at(5, (l) => l.replace('"step":', '"note":"x","step":')),
    told: /^6 is not a known event: .*note/,
  },
  'a member of another type': {
    edit: at(5, (l) => l.replace('"dump"', '7')),
    told: /^6 is not a known event: event\.step: /,
  },
  'a member removed': {
    edit: at(6, (l) => l.replace(/"digest":"b+",/, '')),
    told: /^7 is not a known event: event\.digest: /,
  },
  'a value that no engine writes': {
    edit: (lines) => lines.map((l) => l.replace('"result":"succeeded"', '"result":"perfect"')),
    told: /^\d+ is not a known event: event\.result: /,
  },
  'no event at all': {
    edit: at(5, (l) => l.replace(/\{"v":1,.*,"prev"/, '{"v":1,"prev"')),
    told: /^6 has an unknown type$/,
  },
  'broken JSON within': { edit: at(5, (l) => l.replace('"step":', '"step"')), told: /^6 is not JSON/ },
  'an earlier date': {
    edit: at(5, (l) => l.replace(/"at":\d+/, '"at":1')),
    told: /^6 has an earlier time than the previous line/,
  },
  'another beginning': {
    edit: (l) => l.slice(1).map((x, i) => x.replace(/"seq":\d+/, `"seq":${i + 1}`)),
    told: /^1 is not the start of a run/,
  },
  'a second beginning': {
    edit: (l) => l.with(1, (l[0] ?? '').replace('"seq":1', '"seq":2')),
    told: /^2 starts a run a second time/,
  },
};

const fresh = (path: string): string[] => {
  const journal = createJournal(path);
  journal.append(succeeded, 1000);
  journal.close();
  return linesOf(readFileSync(path, 'utf8'));
};

const save = (path: string, edited: string[] | Buffer): void =>
  writeFileSync(path, Buffer.isBuffer(edited) ? edited : contentOf(edited));

const refusal = (path: string): string => {
  const before = readFileSync(path);
  const diagnostic = diagnosed(() => openJournal(path));
  expect(diagnostic.code).toBe('RB410');
  expect(readFileSync(path).equals(before)).toBe(true);
  const { line, what } = diagnostic.data as { line: number; what: string };
  expect(verifyJournal(path)).toMatchObject({ state: 'bad', events: line - 1, problem: diagnostic });
  return `${line} ${what}`;
};

describe('a careless edit is refused, and nothing is cut', () => {
  test.for(Object.entries(careless))('%s', ([, { edit, told: expected }], { dir }) => {
    const path = join(dir, 'journal.jsonl');
    save(path, edit(fresh(path)));
    expect(refusal(path)).toBe(expected);
  });
});

describe('an edit with every hash made right again is refused by what it says', () => {
  test.for(Object.entries(careful))('%s', ([, { edit, told: expected }], { dir }) => {
    const path = join(dir, 'journal.jsonl');
    save(path, rechain(edit(fresh(path)) as string[]));
    expect(refusal(path)).toMatch(expected);
  });

  test('an event that cannot follow those before it, once it is folded', ({ dir }) => {
    const path = join(dir, 'journal.jsonl');
    save(
      path,
      rechain(
        fresh(path)
          .toSpliced(6, 1)
          .map((l, i) => l.replace(/"seq":\d+/, `"seq":${i + 1}`)),
      ),
    );
    const { events } = readJournal(path);
    const diagnostic = diagnosed(() => replay(path, events));
    expect(told(diagnostic).replaceAll(dir, 'RUN')).toMatchInlineSnapshot(`
      "RB410 (exit 4) The journal was changed or damaged: RUN/journal.jsonl:7 cannot follow the previous lines: event for dump/do/0#1, which never started
      Keep the file as evidence and put an intact copy in its place. If there is no copy, start a new run"
    `);
  });
});

test('a line of a later format is not reported as damage', ({ dir }) => {
  const path = join(dir, 'journal.jsonl');
  save(path, at(5, (l) => l.replace('{"v":1,', '{"v":2,'))(fresh(path)));
  expect(told(diagnosed(() => openJournal(path))).replaceAll(dir, 'RUN')).toMatchInlineSnapshot(`
    "RB411 (exit 4) RUN/journal.jsonl:6 is in journal format 2; this engine reads up to 1
    Use the runbook version that wrote it, or a newer one"
  `);
});

test('the operator reads the file, the line, what is wrong and what to do', ({ dir }) => {
  const path = join(dir, 'journal.jsonl');
  save(path, at(5, (l) => l.replace('"dump"', '"pump"'))(fresh(path)));
  expect(told(diagnosed(() => openJournal(path))).replaceAll(dir, 'RUN')).toMatchInlineSnapshot(`
    "RB410 (exit 4) The journal was changed or damaged: RUN/journal.jsonl:6 does not match its own hash
    Keep the file as evidence and put an intact copy in its place. If there is no copy, start a new run"
  `);
});
