import { html } from 'hono/html';
import { moment } from './dates.mjs';
import { layout } from './layout.mjs';
import { percent, ratio, tone, usd, whole } from './numbers.mjs';

const kpi = (name, label, value) => html`<li data-kpi="${name}"><b>${value}</b> ${label}</li>`;

const line = (t) => html`<tr>
  <td><a href="/trades/${t.id}">${moment(t.openedAt)}</a></td><td>${t.symbol}</td>
  <td class="number ${tone(t.realizedPnlUsd)}">${usd(t.realizedPnlUsd)}</td>
</tr>`;

export const dashboardPage = ({ user, kpis, latest }) =>
  layout(
    { title: 'Tableau de bord', user },
    html`<ul class="kpis">
${kpi('trades', 'trades clôturés', whole(kpis.trades))}
${kpi('win-rate', 'de réussite', percent(kpis.wins, kpis.trades))}
${kpi('net-pnl', 'résultat net', usd(kpis.netPnlUsd))}
${kpi('profit-factor', 'profit factor', ratio(kpis.gainsUsd, kpis.lossesUsd))}
</ul>
<h2>Derniers trades</h2>
<div class="wide"><table><tbody>${latest.map(line)}</tbody></table></div>`,
  );
