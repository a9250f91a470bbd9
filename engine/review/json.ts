/** For scripts: the remarks as they are, each with its fingerprint. */
import { jsonText } from '../text.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { countOf, type Shown } from './view.ts';

export const json: Shown = (remarks, options) => {
  const fingerprints = fingerprintsOf(remarks, options);
  const listed = remarks.map((remark, i) => ({ ...remark, fingerprint: fingerprints[i] }));
  return `${jsonText({ counts: countOf(remarks), remarks: listed })}\n`;
};
