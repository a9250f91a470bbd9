/** SARIF 2.1.0, as GitHub code scanning and editors read it. */
import { jsonText } from '../text.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { uriOf } from './paths.ts';
import type { Level, Remark } from './remark.ts';
import { type Shown, type ShownOptions, wholeText } from './view.ts';

export const sarif: Shown = (remarks, options) => {
  const codes = [...new Set(remarks.map(({ code }) => code))].sort();
  const fingerprints = fingerprintsOf(remarks, options);
  const driver = {
    name: 'runbook',
    semanticVersion: options.version,
    rules: codes.map((code) => ruleOf(code, remarks, options)),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository' } } },
    results: remarks.map((remark, i) => ({
      ruleId: remark.code,
      ruleIndex: codes.indexOf(remark.code),
      level: remark.level,
      message: { text: wholeText(remark, '. ') },
      locations: [locationOf(remark, options)],
      // The name by which code scanning compares; it computes one of its own where there is none.
      partialFingerprints: { primaryLocationLineHash: fingerprints[i] },
    })),
  };
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return `${jsonText(log)}\n`;
};

/** What code scanning calls it. */
const severities: Record<Level, string> = { error: 'error', warning: 'warning', note: 'recommendation' };

const ruleOf = (code: string, remarks: readonly Remark[], options: ShownOptions) => {
  const rule = options.ruleOf(code);
  const level = rule?.level ?? remarks.find((r) => r.code === code)?.level ?? 'warning';
  const title = rule?.title ?? `What runbook reports as ${code}`;
  const help = rule?.help ?? `The message says what is wrong and what to do.`;
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: title },
    help: { text: help, markdown: help },
    defaultConfiguration: { level },
    properties: { tags: ['runbook'], 'problem.severity': severities[level] },
  };
};

const locationOf = ({ file, region, step }: Remark, options: ShownOptions) => ({
  physicalLocation: {
    artifactLocation: uriOf(file, options),
    region: {
      startLine: region.line,
      startColumn: region.col,
      endLine: region.line,
      endColumn: region.endCol,
    },
  },
  ...(step !== null && { logicalLocations: [{ name: step, kind: 'step' }] }),
});
