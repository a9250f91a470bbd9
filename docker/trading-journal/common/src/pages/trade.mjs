import { html } from 'hono/html';
import { moment } from './dates.mjs';
import { direction } from './direction.mjs';
import { layout, problemLine } from './layout.mjs';
import { price, quantity, tone, usd } from './numbers.mjs';

const facts = (t) => [
  ['Compte', t.account ?? '–'],
  ['Sens', direction(t.direction)],
  ['Ouverture', moment(t.openedAt)],
  ['Clôture', moment(t.closedAt)],
  ['Prix d’entrée', price(t.entryPrice)],
  ['Prix de sortie', price(t.exitPrice)],
  ['Quantité', quantity(t.quantity)],
  ['Résultat', html`<span class="${tone(t.realizedPnlUsd)}">${usd(t.realizedPnlUsd)}</span>`],
  ['Frais', usd(t.fees)],
];

const list = (title, items, show) =>
  items.length > 0
    ? html`<h2>${title}</h2><ul>${items.map((item) => html`<li>${show(item)}</li>`)}</ul>`
    : '';

const exit = (e) => html`${moment(e.exitedAt)}&nbsp;: ${quantity(e.quantity)} à ${price(e.price)}`;
const rule = (p) => html`${p.checked ? '☑' : '☐'} ${p.name}&nbsp;: ${p.text}`;
const image = (s) => html`<a href="${s.path}"><img src="${s.path}" alt="Capture d’écran" width="240"></a>`;

export const tradePage = ({ user, trade, problem }) =>
  layout(
    { title: `Trade ${trade.symbol}`, user },
    html`${problemLine(problem)}
<table class="facts">${facts(trade).map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`)}</table>
${trade.note ? html`<h2>Note</h2><p class="note">${trade.note}</p>` : ''}
${list('Sorties partielles', trade.exits, exit)}
${list('Étiquettes', trade.tags, (t) => t.name)}
${list('Playbook', trade.playbook, rule)}
${list('Captures d’écran', trade.screenshots, image)}
<form method="post" action="/trades/${trade.id}/screenshots" enctype="multipart/form-data">
  <label>Ajouter une capture <input type="file" name="file" accept="image/png,image/jpeg,image/webp" required></label>
  <button>Envoyer</button>
</form>
<form method="post" action="/trades/${trade.id}/delete"><button class="danger">Supprimer ce trade</button></form>`,
  );
