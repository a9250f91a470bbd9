import { html } from 'hono/html';
import { day } from './dates.mjs';
import { layout } from './layout.mjs';

export const journalPage = ({ user, date, note, days }) =>
  layout(
    { title: 'Carnet', user },
    html`<form method="get" action="/journal" class="row">
  <label>Jour <input type="date" name="date" value="${date}" required></label> <button class="quiet">Ouvrir</button>
</form>
<form method="post" action="/journal">
  <input type="hidden" name="date" value="${date}">
  <label>Notes du ${day(date)} <textarea name="note" rows="8">
${note ?? ''}</textarea></label>
  <button>Enregistrer</button>
</form>
<h2>Derniers jours</h2>
<ul>${days.map((date) => html`<li><a href="/journal?date=${date}">${day(date)}</a></li>`)}</ul>`,
  );
