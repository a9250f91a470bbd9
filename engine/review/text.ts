/** For a person: each remark with its line underlined, and a count. */
import { renderFinding } from '../diagnostics/render.ts';
import { plural } from '../words/format.ts';
import { countOf, type Shown } from './view.ts';

export const text: Shown = (remarks, { color, lineOf }) => {
  const parts = remarks.map(({ code, level, message, remedy, file, region: { line, col, endCol } }) =>
    renderFinding(
      {
        code,
        level,
        message,
        remedy,
        position: { file, line, col, length: Math.max(1, endCol - col), sourceLine: lineOf(file, line) },
      },
      { color },
    ),
  );
  const { error, warning, note } = countOf(remarks);
  const counts = [
    ...(error > 0 ? [plural(error, 'error')] : []),
    ...(warning > 0 ? [plural(warning, 'warning')] : []),
    ...(note > 0 ? [plural(note, 'note')] : []),
  ];
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n\n${counts.join(', ')}\n`;
};
