/** The report of GitLab's Code Quality, shown in a merge request. */
import { jsonText } from '../text.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { pathInRepository } from './paths.ts';
import type { Level } from './remark.ts';
import { type Shown, wholeText } from './view.ts';

const severities: Record<Level, string> = { error: 'critical', warning: 'major', note: 'info' };

export const codeQuality: Shown = (remarks, options) => {
  const fingerprints = fingerprintsOf(remarks, options);
  const issues = remarks.map((remark, i) => ({
    description: wholeText(remark, '. '),
    check_name: remark.code,
    fingerprint: fingerprints[i],
    severity: severities[remark.level],
    location: { path: pathInRepository(remark.file, options), lines: { begin: remark.region.line } },
  }));
  return `${jsonText(issues)}\n`;
};
