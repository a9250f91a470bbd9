/** Step types that are code: which files they have, what is taken and what is refused. The imports are made up. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { loadModule } from '../../../../engine/load/own-types/module.ts';
import { filesOf, locateModule } from '../../../../engine/load/own-types/module-files.ts';
import { type AnyStepType, CONTRACT, defineStep, withActs } from '../../../../engine/step.ts';

const useFolder = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'own-types-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

const declared = defineStep({
  type: 'dns.record',
  summary: 'Sets a name.',
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({}),
  examples: [],
  places: ['local'],
  onUnknown: 'ask',
  effects: ({ name }) => {
    if (name === '') throw new Error('no name');
    return 'write';
  },
  files: ({ name }) => [`./${name}`],
  preview: ({ name }) => name,
});
const good = { contract: CONTRACT, ...withActs(declared, async () => ({ acts: {} as never })) };

const load = (exported: unknown, module = './types/dns', files = { 'types/dns/index.js': 'code' }) =>
  loadModule({
    name: 'acme.dns',
    module,
    folder: useFolder(files),
    importModule: async () => ({ default: exported }),
  });

const typeOf = async (exported: unknown, module?: string): Promise<AnyStepType> => {
  const found = await load(exported, module);
  if ('fault' in found) throw new Error(JSON.stringify(found.fault));
  return found.type;
};

describe('what a module consists of', () => {
  const code = { 'index.ts': '', 'acts.ts': '', 'dns.test.ts': '', 'node_modules/x/index.js': '' };
  const below = (folder: string) =>
    Object.fromEntries(Object.entries(code).map(([k, v]) => [`${folder}/${k}`, v]));

  test('a folder: all its files but its tests and its dependencies', () => {
    const folder = useFolder(below('types/dns'));
    expect(filesOf(folder, './types/dns')).toEqual(['./types/dns/acts.ts', './types/dns/index.ts']);
  });

  test('a file: itself, and it imports no other one', () => {
    const folder = useFolder({
      'a.js': "import 'zod'",
      'b.js': "import x from './a.js'",
      'c.js': "await import('./a.js')",
    });
    expect(filesOf(folder, './a.js')).toEqual(['./a.js']);
    for (const file of ['b.js', 'c.js'])
      expect(locateModule(folder, `./${file}`)).toEqual({ strays: { file, to: './a.js' } });
  });

  test.each([
    ['exports', { exports: { '.': { types: './x.d.ts', import: './lib/own.js' } } }],
    ['main', { main: 'lib/own.js' }],
  ])('a package, whose entry its `%s` names, from a folder above', (_, manifest) => {
    const folder = useFolder({
      'node_modules/@acme/steps/package.json': JSON.stringify(manifest),
      'node_modules/@acme/steps/lib/own.js': '',
      'runbooks/own.yaml': '',
    });
    expect(locateModule(join(folder, 'runbooks'), '@acme/steps')).toMatchObject({
      entry: join(folder, 'node_modules/@acme/steps/lib/own.js'),
      files: ['../node_modules/@acme/steps/lib/own.js', '../node_modules/@acme/steps/package.json'],
    });
  });

  test('no symbolic link: what it shows is not what is digested', () => {
    const folder = useFolder({ 'types/dns/index.js': '', 'other.js': '' });
    symlinkSync(join(folder, 'other.js'), join(folder, 'types/dns/acts.js'));
    symlinkSync(join(folder, 'types/dns'), join(folder, 'types/linked'));
    expect(locateModule(folder, './types/dns')).toEqual({ wrong: 'acts.js in it is a symbolic link' });
    expect(locateModule(folder, './types/linked')).toEqual({ wrong: 'a symbolic link leads to it' });
  });
});

describe('what is taken', () => {
  test('the type under the name of the runbook, with the files of the module as its own', async () => {
    const type = await typeOf(good);
    expect(type.type).toBe('acme.dns');
    expect(type.files({ name: 'x' })).toEqual(['./x', './types/dns/index.js']);
  });

  test('one of several, by its name', async () => {
    const other = { ...good, type: 'dns.zone', summary: 'Another one.' };
    expect((await typeOf([good, other], './types/dns#dns.zone')).summary).toBe('Another one.');
    expect(await load([good, other])).toMatchObject({ fault: { code: 'RB358' } });
    expect(await load([good], './types/dns#dns.zones')).toMatchObject({ fault: { code: 'RB358' } });
  });

  test('a mistake in a declaration is told as one of the module', async () => {
    const type = await typeOf(good);
    expect(() => type.effects({ name: '' })).toThrow('RB357');
  });
});

describe('what is refused', () => {
  test.each([
    ['RB358', undefined],
    ['RB358', 7],
    ['RB356', { ...good, contract: CONTRACT + 1 }],
    ['RB358', { ...good, contract: undefined }],
    ['RB358', { ...good, contract: 0 }],
    ['RB358', { ...good, input: z.string() }],
    ['RB358', { ...good, input: {} }],
    ['RB358', { ...good, output: undefined }],
    ['RB358', { ...good, before: { _def: {} } }],
    ['RB358', { ...good, places: [] }],
    ['RB358', { ...good, onUnknown: 'hope' }],
    ['RB358', { ...good, preview: undefined }],
    ['RB358', { ...good, targets: 'mysql' }],
    ['RB358', { ...good, version: '1' }],
  ])('%s %#', async (code, exported) => {
    expect(await load(exported)).toMatchObject({ fault: { code } });
  });

  test('a module that changed since the plan was saved', async () => {
    const found = await loadModule({
      name: 'acme.dns',
      module: './types/dns',
      folder: useFolder({ 'types/dns/index.js': 'code' }),
      importModule: async () => ({ default: good }),
      digests: { './types/dns/index.js': 'sha256:0' },
    });
    expect(found).toMatchObject({ fault: { code: 'RB351', data: { path: './types/dns/index.js' } } });
  });
});
