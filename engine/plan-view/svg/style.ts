/** Colours of the picture: one set for a light page, one for a dark. */
const light = {
  page: '#ffffff',
  text: '#1f2328',
  muted: '#59636e',
  faint: '#d1d9e0',
  stripe: '#f6f8fa',
  change: '#0969da',
  final: '#bc4c00',
  read: '#818b98',
  gate: '#8250df',
  watch: '#1a7f37',
  people: '#1b7c83',
  danger: '#cf222e',
  closed: '#818b98',
  fact: '#9a6700',
};

const dark: typeof light = {
  page: '#0d1117',
  text: '#f0f6fc',
  muted: '#9198a1',
  faint: '#3d444d',
  stripe: '#151b23',
  change: '#4493f8',
  final: '#f0883e',
  read: '#7d8590',
  gate: '#ab7df8',
  watch: '#3fb950',
  people: '#39c5cf',
  danger: '#f85149',
  closed: '#7d8590',
  fact: '#d29922',
};

const variables = (colours: typeof light): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

const bars = ['change', 'final', 'read', 'gate', 'watch', 'people', 'fact'] as const;
export type BarKind = (typeof bars)[number];

/** Custom properties take the colours into a renderer without media queries as well: the light ones. */
export const style = [
  `svg{${variables(light)};font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}`,
  `@media (prefers-color-scheme:dark){svg{${variables(dark)}}}`,
  '.page{fill:var(--page)}',
  'text{fill:var(--text);font-size:12px}',
  '.h1{font-size:20px;font-weight:600}',
  '.h2{font-size:13px;font-weight:600}',
  '.id{font-weight:600}',
  '.small{font-size:10.5px}',
  '.muted{fill:var(--muted)}',
  '.bad{fill:var(--danger)}',
  '.num{font-size:11px;font-variant-numeric:tabular-nums}',
  '.end{text-anchor:end}',
  '.mid{text-anchor:middle}',
  '.stripe{fill:var(--stripe)}',
  '.grid{stroke:var(--faint);stroke-width:1}',
  '.t0{stroke:var(--text);stroke-width:1.5}',
  '.stop{stroke:var(--danger);stroke-width:1.5;stroke-dasharray:4 3}',
  '.line{stroke:var(--danger);stroke-width:1.5}',
  '.band{fill:var(--danger);fill-opacity:.12}',
  '.closed{fill:var(--closed);fill-opacity:.14}',
  '.over{fill:var(--danger);fill-opacity:.07}',
  '.slack{stroke:var(--muted);stroke-width:1}',
  '.bracket{fill:none;stroke:var(--muted);stroke-width:1.5}',
  '.critical{stroke:var(--text);stroke-width:1.5}',
  '.wait{fill:none;stroke:var(--read);stroke-width:1.5;stroke-dasharray:3 2}',
  '.cost{fill:var(--change);fill-opacity:.6}',
  ...bars.map((name) => `.${name}{fill:var(--${name})}`),
  '.watch,.fact{fill-opacity:.45}',
].join('');
