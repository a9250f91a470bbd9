/** Loads a runbook from its text, with the small registry. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError } from '../../../../engine/diagnostic.ts';
import { renderDiagnostic } from '../../../../engine/diagnostics/render.ts';
import { type Loaded, loadRunbook } from '../../../../engine/load/load.ts';
import { fakeRegistry } from '../../../support/registry.ts';

export const loadText = async (text: string, vars: Record<string, string> = {}): Promise<Loaded> => {
  const folder = await mkdtemp(join(tmpdir(), 'expand-'));
  try {
    const path = join(folder, 'a.yaml');
    await writeFile(path, text);
    return await loadRunbook(path, {
      registry: fakeRegistry,
      varsFiles: [],
      vars,
      readFile: async () => Buffer.from('a file'),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** `steps` alone, under the usual head. */
export const loadSteps = (steps: string, head = ''): Promise<Loaded> =>
  loadText(`version: 1\nname: a\n${head}steps:\n${steps}`);

/** What an operator reads; paths of the machine are cut off. */
export const problemsOf = async (loading: Promise<Loaded>): Promise<string> => {
  try {
    await loading;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics
      .map((d) => renderDiagnostic(d, { color: false }))
      .join('\n')
      .replaceAll(/\S*\/a\.yaml/g, 'a.yaml');
  }
  return '';
};
