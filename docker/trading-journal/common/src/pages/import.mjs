import { html } from 'hono/html';
import { columnNames } from '../csv.mjs';
import { layout, problemLine } from './layout.mjs';
import { counted } from './numbers.mjs';

const summary = ({ imported, known }) => html`<p data-imported="${imported.length}" data-known="${known}">
${counted(imported.length, 'trade importé', 'trades importés')}, ${counted(known, 'déjà connu', 'déjà connus')}.</p>
<ul>${imported.map((id, i) => html`<li><a data-trade="${id}" href="/trades/${id}">Voir le trade ${i + 1}</a></li>`)}</ul>`;

export const importPage = ({ user, problems = [], result }) =>
  layout(
    { title: 'Importer des trades', user },
    html`${problems.map(problemLine)}
${result ? summary(result) : ''}
<form method="post" action="/import" enctype="multipart/form-data">
  <label>Fichier CSV <input type="file" name="file" accept=".csv,text/csv" required></label>
  <button>Importer</button>
</form>
<p class="aside">Colonnes attendues&nbsp;: ${columnNames.join(', ')}.<br>
Dates en heure UTC, comme 2026-01-05 15:30&nbsp;; décimales avec un point, comme 21234.25.</p>`,
  );
