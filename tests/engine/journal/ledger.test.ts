import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { type OpenJournalFile, openJournalFile } from '../../../engine/journal/journal-file.ts';
import { FileLedger } from '../../../engine/journal/ledger.ts';
import { type Planned, writeFrozen } from '../../../engine/journal/ledger-freeze.ts';
import { diagnosed, told } from './diagnosed.ts';
import { Crash, FAULT_POINTS, type FaultPoint, faulty, systemError } from './faulty-file.ts';
import { test } from './temp-dir.ts';

const EIO = 5;

const three: readonly Planned[] = ['a', 'b', 'c'].map((key) => ({
  key,
  value: { email: `${key}@example.test` },
}));

async function* stream<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
};

const keys = async (values: AsyncIterable<{ key: string }>): Promise<string[]> =>
  (await all(values)).map(({ key }) => key);

let clock = 1_000;
const ledgerIn = (dir: string, open?: OpenJournalFile): FileLedger =>
  new FileLedger({
    path: join(dir, 'ledgers', 'mail.do.0.recipients.jsonl'),
    act: 'mail/do/0',
    name: 'recipients',
    now: () => clock++,
    ...(open && { open }),
  });

const frozenIn = async (dir: string, open?: OpenJournalFile): Promise<FileLedger> => {
  const ledger = ledgerIn(dir, open);
  await ledger.freeze(stream(three));
  await keys(ledger.pending());
  return ledger;
};

describe('freezing', () => {
  test('closes its file once, and tells why the name could not be given', async ({ dir }) => {
    const path = join(dir, 'taken');
    mkdirSync(join(path, 'by'), { recursive: true });
    let closed = 0;
    const open: OpenJournalFile = (file, how) => {
      const opened = openJournalFile(file, how);
      const close = (): void => {
        closed++;
        opened.close();
      };
      return { ...opened, close };
    };
    const freezing = { path, act: 'mail/do/0', ledger: 'recipients', now: () => 1, open };
    await expect(writeFrozen(freezing, stream(three))).rejects.toThrow(/rename/);
    expect([closed, readdirSync(dir)]).toEqual([1, ['taken']]);
  });

  test('keeps the list of the first time, in order, for its owner only', async ({ dir }) => {
    const first = ledgerIn(dir);
    expect(first.frozen()).toBeNull();
    expect(await keys(first.pending())).toEqual([]);
    const list = await first.freeze(stream(three));
    expect(list).toEqual({
      count: 3,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      atMs: expect.any(Number),
    });
    first.close();
    expect(statSync(first.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(first.path)).mode & 0o777).toBe(0o700);

    const resumed = ledgerIn(dir);
    const notAsked = (async function* (): AsyncGenerator<Planned> {
      yield* [];
      throw new Error('asked again');
    })();
    expect(await resumed.freeze(notAsked)).toEqual(list);
    expect(await all(resumed.pending())).toMatchObject(three);
  });

  test('has the same digest in another run, and another one for another list', async ({ dir }) => {
    const digestOf = async (name: string, list: readonly Planned[]) =>
      (await ledgerIn(join(dir, name)).freeze(stream(list))).sha256;
    for (const name of ['one', 'two', 'three']) mkdirSync(join(dir, name));
    expect(await digestOf('one', three)).toBe(await digestOf('two', three));
    expect(await digestOf('three', three.toReversed())).not.toBe(await digestOf('one', three));
  });

  test.for([
    ['a list that breaks off', [...three], 'the database went away'],
    ['two items with one key', [...three, ...three.slice(0, 1)], 'two items have the key "a"'],
  ] as const)('%s leaves nothing behind', async ([, list, why], { dir }) => {
    const ledger = ledgerIn(dir);
    const broken = (async function* () {
      yield* list;
      throw new Error('the database went away');
    })();
    await expect(ledger.freeze(broken)).rejects.toThrow(why);
    expect(readdirSync(dirname(ledger.path))).toEqual([]);
    expect(ledger.frozen()).toBeNull();
    expect(await ledger.freeze(stream(three))).toMatchObject({ count: 3 });
  });
});

describe('items', () => {
  test('are started once: only what is certainly not done comes again', async ({ dir }) => {
    const ledger = await frozenIn(dir);
    ledger.claim('a');
    ledger.settle('a', 'done');
    ledger.claim('b');
    ledger.settle('b', 'not-done', { note: 'busy' });
    ledger.claim('c');
    ledger.settle('c', 'unknown');
    expect(await keys(ledger.pending())).toEqual(['b']);
    expect(ledger.counts()).toMatchObject({ planned: 0, claimed: 0, done: 1, 'not-done': 1, unknown: 1 });
    expect(() => ledger.claim('c')).toThrow('was not handed out');
    await keys(ledger.unsettled());
    expect(() => ledger.claim('c')).toThrow('claimed while it is unknown');
  });

  test('settled while they are streamed are not handed out any more', async ({ dir }) => {
    const ledger = await frozenIn(dir);
    ledger.claim('b');
    const seen: string[] = [];
    for await (const { key } of ledger.pending()) seen.push(key);
    expect(seen).toEqual(['a', 'c']);
  });

  test('a closed ledger claims nothing: its attempt is over', async ({ dir }) => {
    const ledger = await frozenIn(dir);
    ledger.close();
    expect(() => ledger.claim('a')).toThrow('closed');
  });
});

describe('a crash', () => {
  test('between claim and settlement leaves a question, never a second start', async ({ dir }) => {
    const ledger = await frozenIn(dir);
    const claimedAtMs = clock;
    ledger.claim('a');
    // No close: the process is gone.
    const resumed = ledgerIn(dir);
    expect(await keys(resumed.pending())).toEqual(['b', 'c']);
    expect(await all(resumed.unsettled())).toMatchObject([{ key: 'a', state: 'claimed', claimedAtMs }]);
    resumed.settle('a', 'done');
    expect(await all(ledgerIn(dir).unsettled())).toEqual([]);
  });

  test.for(FAULT_POINTS)('%s of a claim: the item is unstarted or asked about', async (point, { dir }) => {
    const ledger = await frozenIn(dir, striking(point, 3, new Crash(point), true));
    ledger.claim('a');
    ledger.settle('a', 'done');
    expect(() => ledger.claim('b')).toThrow(Crash);
    const resumed = ledgerIn(dir);
    const announced = point === 'after-write' || point === 'after-sync';
    expect(await keys(resumed.pending())).toEqual(announced ? ['c'] : ['b', 'c']);
    expect(await keys(resumed.unsettled())).toEqual(announced ? ['b'] : []);
    expect(resumed.counts().done).toBe(1);
    // What was torn is cut, and the ledger goes on.
    await keys(resumed.pending());
    resumed.claim('c');
    resumed.close();
    expect(ledgerIn(dir).counts()).toMatchObject({ claimed: announced ? 2 : 1, done: 1 });
  });

  test('that takes a settlement away leaves the item claimed', async ({ dir }) => {
    const ledger = await frozenIn(dir);
    ledger.claim('a');
    const onDisk = readFileSync(ledger.path);
    ledger.settle('a', 'done');
    writeFileSync(ledger.path, onDisk);
    expect(await keys(ledgerIn(dir).unsettled())).toEqual(['a']);
  });
});

describe('the disk', () => {
  test.for(FAULT_POINTS)('an error %s is final, and its claim does not stand', async (point, { dir }) => {
    const ledger = await frozenIn(dir, striking(point, 3, systemError('EIO', EIO), false));
    ledger.claim('a');
    ledger.settle('a', 'done');
    const first = diagnosed(() => ledger.claim('b'));
    expect(first.code).toBe('RB403');
    expect(diagnosed(() => ledger.claim('b'))).toBe(first);
    expect(diagnosed(() => ledger.counts())).toBe(first);
    expect(ledger.failed).toBe(true);
    ledger.close();
    expect(await keys(ledgerIn(dir).pending())).toEqual(['b', 'c']);
  });

  test('says what to do', async ({ dir }) => {
    const ledger = await frozenIn(dir, striking('after-write', 1, systemError('EIO', EIO), false));
    expect(told(diagnosed(() => ledger.claim('a'))).replaceAll(dir, 'RUN')).toMatchInlineSnapshot(`
      "RB403 (exit 1) Cannot write the ledger RUN/ledgers/mail.do.0.recipients.jsonl: i/o error (EIO); no further item was started
      Free space, or check the disk and its mount, then: runbook resume"
    `);
  });

  test('full while the list is written: nothing is planned', async ({ dir }) => {
    const open: OpenJournalFile = (path, how) => ({
      ...openJournalFile(path, how),
      sync() {
        throw systemError('ENOSPC', 28);
      },
    });
    const ledger = ledgerIn(dir, open);
    await expect(ledger.freeze(stream(three))).rejects.toMatchObject({ diagnostics: [{ code: 'RB403' }] });
    expect(existsSync(ledger.path)).toBe(false);
  });
});

describe('a file that somebody changed', () => {
  test.for([
    ['a changed line', (text: string) => text.replace('b@example', 'x@example'), 2],
    ['a line taken out', (text: string) => text.split('\n').toSpliced(1, 1).join('\n'), 2],
    ['a line added', (text: string) => `${text}{"n":1,"to":"done","at":1}\n`, 6],
    ['the end of the list cut off', (text: string) => `${text.split('\n').slice(0, 2).join('\n')}\n`, 3],
    ['an empty file', () => '', 1],
  ] as const)('%s is refused', async ([, change, line], { dir }) => {
    const ledger = await frozenIn(dir);
    ledger.claim('a');
    ledger.close();
    writeFileSync(ledger.path, change(readFileSync(ledger.path, 'utf8')));
    expect(diagnosed(() => ledgerIn(dir).frozen())).toMatchObject({ code: 'RB416', data: { line } });
  });

  test('a torn tail is cut', async ({ dir }) => {
    const ledger = await frozenIn(dir);
    ledger.claim('a');
    ledger.close();
    const whole = readFileSync(ledger.path);
    appendFileSync(ledger.path, '{"n":0,"to":"do');
    expect(ledgerIn(dir).counts()).toMatchObject({ claimed: 1, planned: 2 });
    expect(readFileSync(ledger.path)).toEqual(whole);
  });
});

/** Of the ledger's own file, not of the list being frozen. */
const striking =
  (point: FaultPoint, append: number, error: Error, dead: boolean): OpenJournalFile =>
  (path, how) => {
    const strike = () => {
      throw error;
    };
    return how === 'create'
      ? openJournalFile(path, how)
      : faulty({ point, strike, dead, append }, openJournalFile)(path, how);
  };
