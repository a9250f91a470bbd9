import { html } from 'hono/html';
import { moment } from './dates.mjs';
import { direction } from './direction.mjs';
import { layout } from './layout.mjs';
import { price, tone, usd } from './numbers.mjs';

const row = (t) => html`<tr>
  <td><a href="/trades/${t.id}">${moment(t.openedAt)}</a></td><td>${t.symbol}</td><td class="spacious">${direction(t.direction)}</td>
  <td class="number spacious">${price(t.entryPrice)}</td><td class="number spacious">${price(t.exitPrice)}</td>
  <td class="number ${tone(t.realizedPnlUsd)}">${usd(t.realizedPnlUsd)}</td>
</tr>`;

const head = html`<tr>
  <th>Ouverture</th><th>Symbole</th><th class="spacious">Sens</th>
  <th class="number spacious">Entrée</th><th class="number spacious">Sortie</th><th class="number">Résultat</th>
</tr>`;

export const tradesPage = ({ user, page, trades, hasNext }) =>
  layout(
    { title: 'Trades', user },
    html`<div class="wide"><table>
<thead>${head}</thead>
<tbody>${trades.map(row)}</tbody>
</table></div>
<p class="pages">${page > 1 ? html`<a rel="prev" href="/trades?page=${page - 1}">Plus récents</a>` : ''}
${hasNext ? html`<a rel="next" href="/trades?page=${page + 1}">Plus anciens</a>` : ''}</p>
<p class="aside">Heures de Paris, montants en dollars américains.</p>`,
  );
