import { html } from 'hono/html';
import { layout } from './layout.mjs';

export const journalPage = ({ user, date, note, days }) =>
  layout(
    { title: 'Carnet', user },
    html`<form method="get" action="/journal">
  <label>Jour <input type="date" name="date" value="${date}" required></label> <button>Ouvrir</button>
</form>
<form method="post" action="/journal">
  <input type="hidden" name="date" value="${date}">
  <label>Notes du ${date} <textarea name="note" rows="8">
${note ?? ''}</textarea></label>
  <button>Enregistrer</button>
</form>
<h2>Derniers jours</h2>
<ul>${days.map((day) => html`<li><a href="/journal?date=${day}">${day}</a></li>`)}</ul>`,
  );
