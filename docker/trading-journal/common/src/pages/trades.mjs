import { html } from 'hono/html';
import { layout } from './layout.mjs';
import { exact, moment, usd } from './numbers.mjs';

const row = (t) => html`<tr>
  <td><a href="/trades/${t.id}">${moment(t.openedAt)}</a></td><td>${t.symbol}</td><td>${t.direction}</td>
  <td>${exact(t.entryPrice)}</td><td>${exact(t.exitPrice)}</td><td>${usd(t.realizedPnlUsd)}</td>
</tr>`;

const heads = ['Ouverture', 'Symbole', 'Sens', 'Entrée', 'Sortie', 'Résultat'];

export const tradesPage = ({ user, page, trades, hasNext }) =>
  layout(
    { title: 'Trades', user },
    html`<table>
<thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${trades.map(row)}</tbody>
</table>
<p>${page > 1 ? html`<a rel="prev" href="/trades?page=${page - 1}">Plus récents</a>` : ''}
${hasNext ? html`<a rel="next" href="/trades?page=${page + 1}">Plus anciens</a>` : ''}</p>`,
  );
