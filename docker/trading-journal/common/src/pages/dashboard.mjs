import { html } from 'hono/html';
import { layout } from './layout.mjs';
import { moment, percent, ratio, usd } from './numbers.mjs';

const kpi = (name, label, value) => html`<li data-kpi="${name}"><b>${value}</b> ${label}</li>`;

export const dashboardPage = ({ user, kpis, latest }) =>
  layout(
    { title: 'Tableau de bord', user },
    html`<ul class="kpis">
${kpi('trades', 'trades clôturés', kpis.trades)}
${kpi('win-rate', 'de réussite', percent(kpis.wins, kpis.trades))}
${kpi('net-pnl', 'résultat net', usd(kpis.netPnlUsd))}
${kpi('profit-factor', 'profit factor', ratio(kpis.gainsUsd, kpis.lossesUsd))}
</ul>
<h2>Derniers trades</h2>
<ul>
${latest.map((t) => html`<li><a href="/trades/${t.id}">${moment(t.openedAt)} ${t.symbol}</a> ${usd(t.realizedPnlUsd)}</li>`)}
</ul>`,
  );
