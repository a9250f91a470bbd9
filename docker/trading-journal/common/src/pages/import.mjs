import { html } from 'hono/html';
import { columnNames } from '../csv.mjs';
import { layout, problemLine } from './layout.mjs';

const summary = ({ imported, known }) => html`<p data-imported="${imported.length}" data-known="${known}">
${imported.length} trades importés, ${known} déjà connus.</p>
<ul>${imported.map((id) => html`<li><a data-trade="${id}" href="/trades/${id}">${id}</a></li>`)}</ul>`;

export const importPage = ({ user, problems = [], result }) =>
  layout(
    { title: 'Importer des trades', user },
    html`${problems.map(problemLine)}
${result ? summary(result) : ''}
<form method="post" action="/import" enctype="multipart/form-data">
  <label>Fichier CSV <input type="file" name="file" accept=".csv,text/csv" required></label>
  <button>Importer</button>
</form>
<p>Colonnes attendues : ${columnNames.join(', ')}.</p>`,
  );
